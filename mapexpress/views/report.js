(function(){
var table=document.getElementById('overview');
function open(){var id=decodeURIComponent(location.hash.slice(1)),e=id&&document.getElementById(id);
if(e&&e.classList.contains('site')){var d=e.querySelector('details.more');if(d)d.open=true;e.scrollIntoView()}}
window.addEventListener('hashchange',open);open();
if(!table)return;
var body=table.tBodies[0],lines=[].slice.call(body.rows),heads=[].slice.call(table.tHead.rows[0].cells);
function value(line,i){var v=line.cells[i].getAttribute('data-value');return v!==''&&!isNaN(v)?Number(v):v}
heads.forEach(function(head,i){head.firstChild.addEventListener('click',function(){
var up=head.getAttribute('aria-sort')!=='ascending';
heads.forEach(function(h){h.removeAttribute('aria-sort')});head.setAttribute('aria-sort',up?'ascending':'descending');
lines.sort(function(a,b){var x=value(a,i),y=value(b,i);return (x<y?-1:x>y?1:0)*(up?1:-1)});
lines.forEach(function(line){body.appendChild(line)})})});
var words=document.getElementById('filter'),failing=document.getElementById('failing'),shown=document.getElementById('shown');
function filter(){var want=words.value.toLowerCase(),count=0;
lines.forEach(function(line){var on=line.textContent.toLowerCase().indexOf(want)>=0&&(!failing.checked||line.className==='failing');
line.hidden=!on;if(on)count++;
var site=document.querySelector(line.querySelector('a').getAttribute('href'));if(site)site.hidden=!on});
shown.textContent=count===lines.length?'':count+' of '+lines.length}
words.addEventListener('input',filter);failing.addEventListener('change',filter);
})();
