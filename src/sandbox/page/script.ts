/**
 * The little that runs in the browser, and that nothing depends on: times that stay true, and a page that shows what
 * has happened meanwhile, unless somebody is writing in it.
 */
export const script = `
const minute = 60_000, hour = 60 * minute, day = 24 * hour;
let main = document.getElementById('main');
let offset = Number(main.dataset.now) - Date.now();

function span(left) {
  left = Math.max(0, left);
  if (left < minute) return Math.floor(left / 1000) + ' s';
  if (left < hour) return Math.floor(left / minute) + ' min';
  const [large, small, units] = left < day ? [hour, minute, ['h', 'min']] : [day, hour, ['d', 'h']];
  const rest = Math.floor((left % large) / small);
  return Math.floor(left / large) + ' ' + units[0] + (rest === 0 ? '' : ' ' + rest + ' ' + units[1]);
}

function tick() {
  const now = Date.now() + offset;
  for (const time of document.querySelectorAll('time')) {
    const distance = Date.parse(time.dateTime) - now;
    const kind = time.dataset.time;
    if (kind === 'clock') time.textContent = new Date(now).toISOString().slice(11, 16) + ' UTC';
    if (kind === 'left') time.textContent = span(distance);
    if (kind === 'ago' && Math.abs(distance) < day)
      time.textContent = Math.abs(distance) < minute ? 'just now' : distance < 0 ? span(-distance) + ' ago' : 'in ' + span(distance);
  }
  for (const progress of document.querySelectorAll('progress[data-until]'))
    progress.value = Math.max(0, Number(progress.dataset.until) - now);
}

function writing() {
  const fields = [...main.querySelectorAll('textarea, input:not([type=hidden])')];
  return main.contains(document.activeElement) || fields.some((field) => field.value !== field.defaultValue);
}

async function look() {
  if (document.hidden || main.dataset.version === undefined) return;
  const response = await fetch(location.href, { cache: 'no-store' });
  if (!response.ok || response.headers.get('x-page-version') === main.dataset.version) return;
  if (writing()) {
    document.getElementById('changed').hidden = false;
    return;
  }
  const open = [...main.querySelectorAll('details')].map((details) => details.open);
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const next = page.getElementById('main');
  const folded = [...next.querySelectorAll('details')];
  if (folded.length === open.length) folded.forEach((details, index) => (details.open = open[index]));
  main.replaceWith(document.adoptNode(next));
  main = next;
  if (document.querySelector(':popover-open') === null)
    document.querySelector('header').replaceWith(document.adoptNode(page.querySelector('header')));
  offset = Number(main.dataset.now) - Date.now();
  tick();
}

setInterval(tick, 1000);
setInterval(() => look().catch(() => {}), 1000);
`;
