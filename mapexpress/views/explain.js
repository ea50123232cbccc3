(function(){
var root=document.documentElement,items=[].slice.call(document.querySelectorAll('ol.blocks li')),at=-1;
function bind(id,name){var box=document.getElementById(id);if(!box)return;
function set(){root.classList.toggle(name,id==='other'?box.checked:!box.checked)}box.addEventListener('change',set);set()}
bind('kept','hide-kept');bind('removed','hide-removed');bind('outside','hide-outside');bind('other','show-other');
function go(step){var n=items.length;for(var i=at+step;i>=0&&i<n;i+=step){
if(items[i].offsetParent!==null){at=i;items[i].focus();return}}}
document.addEventListener('focusin',function(e){var i=items.indexOf(e.target);if(i>=0)at=i});
document.addEventListener('keydown',function(e){if(e.ctrlKey||e.metaKey||e.altKey)return;
var box={k:'kept',r:'removed',o:'outside',t:'other'}[e.key];
if(box){box=document.getElementById(box);if(box)box.click()}
else if(e.key==='ArrowDown'&&at>=0||e.key==='n'){go(1);e.preventDefault()}
else if(e.key==='ArrowUp'&&at>=0||e.key==='p'){go(-1);e.preventDefault()}});
})();
