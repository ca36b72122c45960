/** What pages are put together from. */
export const components = `
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; box-shadow: var(--shadow); }
.card + .card, .card + form, form + .card, .card + .pages { margin-top: 1rem; }
.card-head, .card-foot { display: flex; flex-wrap: wrap; align-items: center; gap: 0.35rem 0.55rem; padding: 0.6rem 1rem; }
.card-head { border-bottom: 1px solid var(--line); background: var(--raised); border-radius: 10px 10px 0 0; }
.card-head > .ellipsis { flex: 1 1 8rem; }
.card-foot { border-top: 1px solid var(--line); font-size: 0.9em; gap: 0.35rem 1.5rem; }
.card-body { padding: 1rem; }
.card > :last-child { border-bottom-left-radius: 10px; border-bottom-right-radius: 10px; }
.stack > * + * { margin-top: 0.9rem; }
.panel h2 { font-size: 0.85rem; color: var(--muted); font-weight: 600; padding-bottom: 0.5rem; border-bottom: 1px solid var(--line); margin-bottom: 0.7rem; }
section > h2 { margin-bottom: 0.7rem; }
.plain, .rows, .choices, .steps, .timeline, .commits, .people, .tabs ul { list-style: none; }
.plain li + li { margin-top: 0.8rem; }
.rows > li { padding: 0.8rem 1rem; }
.rows > li + li { border-top: 1px solid var(--line); }

button, .button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  gap: 0.4rem;
  padding: 0.4rem 0.85rem;
  font: inherit;
  font-size: 0.92em;
  font-weight: 550;
  line-height: 1.4;
  color: var(--text);
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: 7px;
  box-shadow: var(--shadow);
  cursor: pointer;
  white-space: nowrap;
}
button:hover, .button:hover { background: var(--raised); border-color: var(--muted); text-decoration: none; }
button.primary, .button.primary { color: #fff; background: var(--accent-solid); border-color: transparent; }
button.primary:hover, .button.primary:hover { filter: brightness(1.08); background: var(--accent-solid); }
button.merge { color: #fff; background: light-dark(#19703a, #23803f); border-color: transparent; }
button.merge:hover { filter: brightness(1.08); background: light-dark(#19703a, #23803f); }
button.ok { color: var(--ok); }
button.bad { color: var(--bad); }
button.small, .button.small { padding: 0.15rem 0.55rem; font-size: 0.84em; }
button:disabled, .button[aria-disabled='true'] { color: var(--muted); background: var(--raised); border-color: var(--line); cursor: default; opacity: 0.75; }
.buttons { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
.buttons.spread { justify-content: space-between; margin-top: 0.75rem; }

input, textarea, select {
  font: inherit;
  color: inherit;
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: 7px;
  padding: 0.42rem 0.7rem;
}
input:focus, textarea:focus, select:focus { border-color: var(--accent); }
textarea { display: block; width: 100%; resize: vertical; }
textarea.editor { border: 0; border-radius: 0 0 10px 10px; padding: 1rem; font: 13.5px/1.6 var(--mono); tab-size: 2; }
.field { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: 0.3rem 1rem; align-items: center; width: 100%; }
.field label { font-weight: 550; }
.field:has(textarea) { align-items: start; }
.card-head .field { grid-template-columns: auto minmax(0, 1fr); }
label.card-head { display: block; }
details > summary { cursor: pointer; color: var(--muted); width: fit-content; }
details > summary:hover { color: var(--accent); }
details.inline { display: inline-block; font-size: 0.87em; margin-left: 0.3rem; }
details.inline form { display: flex; gap: 0.4rem; margin-top: 0.4rem; }

.badge, .counter {
  display: inline-flex;
  align-items: center;
  gap: 0.25rem;
  padding: 0 0.5rem;
  font-size: 0.79rem;
  line-height: 1.35rem;
  color: var(--muted);
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: 1rem;
  white-space: nowrap;
}
.counter { background: var(--raised); padding: 0 0.4rem; min-width: 1.35rem; justify-content: center; }
.badge.ok, .badge.added { color: var(--ok); border-color: currentColor; }
.badge.removed, .badge.failure { color: var(--bad); border-color: currentColor; }
.badge.attention, .badge.warning { color: var(--waiting); border-color: currentColor; }
.badge.notice { color: var(--accent); border-color: currentColor; }
.state { display: inline-flex; align-items: center; gap: 0.35rem; padding: 0.12rem 0.65rem; border-radius: 1rem; font-size: 0.84rem; font-weight: 600; white-space: nowrap; }
.state.open { color: var(--ok); background: var(--ok-soft); }
.state.merged { color: var(--done); background: var(--done-soft); }
.state.closed { color: var(--bad); background: var(--bad-soft); }
.state.draft { color: var(--muted); background: var(--line); }
.tone { display: inline-flex; }
.tone.ok { color: var(--ok); }
.tone.bad { color: var(--bad); }
.tone.waiting { color: var(--waiting); }
.tone.waiting .icon { fill: currentColor; }
.tone.neutral { color: var(--muted); }
.avatar { border-radius: 50%; width: 1.35rem; height: 1.35rem; vertical-align: -0.3rem; flex: none; }
.avatar.medium { width: 2.4rem; height: 2.4rem; }
.avatar.large { width: 2.75rem; height: 2.75rem; }
.avatar.bot { border-radius: 22%; }
.mention { font-weight: 600; }
.sha { color: var(--muted); }
.ref { padding: 0.1rem 0.4rem; background: var(--accent-soft); color: var(--accent); border-radius: 5px; }
.alert { display: flex; gap: 0.75rem; margin-bottom: 1.25rem; padding: 0.8rem 1rem; color: var(--bad); background: var(--bad-soft); border: 1px solid currentColor; border-radius: 10px; }
.alert .icon { margin-top: 0.2rem; }
.alert-text { color: var(--text); white-space: pre-line; }
.empty { padding: 2rem 1rem; text-align: center; color: var(--muted); }
.empty .icon { width: 1.8rem; height: 1.8rem; opacity: 0.7; }
.empty-title { margin: 0.4rem 0 0.1rem; font-weight: 600; color: var(--text); }
.pages { display: flex; justify-content: center; align-items: center; gap: 1rem; margin-top: 1.25rem; }
progress { appearance: none; display: block; width: 100%; height: 6px; margin: 0.55rem 0; border: 0; border-radius: 3px; overflow: hidden; background: var(--line); }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--ok); border-radius: 3px; }
progress::-moz-progress-bar { background: var(--ok); border-radius: 3px; }

.tabs { border-bottom: 1px solid var(--line); margin-bottom: 1.5rem; }
.tabs ul { display: flex; flex-wrap: wrap; gap: 0.25rem; }
.tabs a { display: flex; align-items: center; gap: 0.45rem; padding: 0.55rem 0.75rem; color: var(--muted); border-bottom: 2px solid transparent; margin-bottom: -1px; }
.tabs a:hover { color: var(--text); text-decoration: none; border-color: var(--line); }
.tabs a[aria-current] { color: var(--text); font-weight: 600; border-color: var(--accent-solid); }
.repository-name { margin-bottom: 0.5rem; font-size: 1.1rem; }
.repository-name .icon { color: var(--muted); }
.filters { gap: 1.25rem; }
.filters a { color: var(--muted); }
.filters a[aria-current] { color: var(--text); font-weight: 600; }
.breadcrumbs { margin-bottom: 0.9rem; }
.breadcrumbs .badge { margin-right: 0.5rem; }

.markdown > * + * { margin-top: 0.75rem; }
.markdown ul, .markdown ol { padding-left: 1.5rem; }
.markdown ul { list-style: disc; }
.markdown p + ul, .markdown p + ol { margin-top: 0.3rem; }
.markdown li + li { margin-top: 0.2rem; }
.markdown code { padding: 0.12em 0.38em; background: var(--raised); border: 1px solid var(--line); border-radius: 5px; }
.markdown pre { padding: 0.8rem 1rem; overflow-x: auto; background: var(--raised); border: 1px solid var(--line); border-radius: 8px; line-height: 1.5; }
.markdown pre code { padding: 0; background: none; border: 0; font-size: 0.93em; }
.markdown blockquote { padding: 0.1rem 0 0.1rem 0.9rem; border-left: 3px solid var(--line); color: var(--muted); }
.markdown table { border-collapse: collapse; display: block; overflow-x: auto; overflow-wrap: break-word; font-size: 0.93em; }
.markdown th, .markdown td { padding: 0.35rem 0.7rem; border: 1px solid var(--line); text-align: left; vertical-align: top; }
.markdown th { background: var(--raised); }
.markdown h1, .markdown h2 { padding-bottom: 0.25rem; border-bottom: 1px solid var(--line); }
.markdown h1 { font-size: 1.4rem; }
.markdown h2 { font-size: 1.15rem; }
.markdown hr { border: 0; border-top: 1px solid var(--line); }
.markdown.lead { max-width: 46rem; font-size: 1.05rem; color: var(--muted); }
.prose { white-space: pre-line; }
`;
