(function(){
var root=document.documentElement,blocks=[].slice.call(document.querySelectorAll('.block')),at=-1;
function seen(e){return e.checkVisibility?e.checkVisibility():e.offsetParent!==null}
function bind(id,set){var box=document.getElementById(id);if(!box)return;
function go(){set(box.checked)}box.addEventListener('change',go);go()}
bind('kept',function(on){root.classList.toggle('hide-kept',!on)});
bind('removed',function(on){root.classList.toggle('hide-removed',!on)});
bind('other',function(on){root.classList.toggle('show-other',on)});
bind('outside',function(on){[].forEach.call(document.querySelectorAll('.row details'),function(d){d.open=on})});
['both','page','record'].forEach(function(name){var box=document.getElementById('view-'+name);
box.addEventListener('change',function(){if(box.checked)root.setAttribute('data-view',name)})});
function view(name){var box=document.getElementById('view-'+name);box.checked=true;root.setAttribute('data-view',name)}
view(window.matchMedia('(max-width:48rem)').matches?'page':'both');
function go(step){for(var i=at+step;i>=0&&i<blocks.length;i+=step){
if(seen(blocks[i])){at=i;blocks[i].focus();blocks[i].scrollIntoView({block:'center'});return}}}
document.addEventListener('focusin',function(e){var i=blocks.indexOf(e.target);if(i>=0)at=i});
document.addEventListener('keydown',function(e){if(e.ctrlKey||e.metaKey||e.altKey)return;
var on=document.activeElement,radio=on&&on.type==='radio';
var box={k:'kept',r:'removed',o:'outside',t:'other'}[e.key],name={1:'both',2:'page',3:'record'}[e.key];
if(box){box=document.getElementById(box);if(box)box.click()}
else if(name)view(name);
else if(e.key==='n'||e.key==='ArrowDown'&&at>=0&&!radio){go(1);e.preventDefault()}
else if(e.key==='p'||e.key==='ArrowUp'&&at>=0&&!radio){go(-1);e.preventDefault()}});
})();
