/** What one page alone has. */
export const pages = `
.hero { padding: 0.5rem 0 0.25rem; }
.hero h1 { font-size: 2.1rem; margin-bottom: 0.6rem; }
.sign-in { max-width: 52rem; }
.sign-in > p { margin-bottom: 1rem; }
.people { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 0.75rem; }
button.person-card { justify-content: flex-start; gap: 0.85rem; padding: 0.85rem 1rem; text-align: left; border-radius: 10px; }
.people > .card, .steps > .card { margin: 0; }
.person-card span { display: grid; }
.person-card small { font-weight: 400; color: var(--muted); }

.steps { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; counter-reset: step; }
.steps > li { display: flex; flex-direction: column; padding: 1.1rem 1.15rem 1.15rem; counter-increment: step; }
.steps h3 { display: flex; align-items: center; gap: 0.6rem; font-size: 1rem; margin-bottom: 0.45rem; }
.steps h3::before { content: counter(step); display: grid; place-items: center; width: 1.6rem; height: 1.6rem; font-size: 0.85rem; color: var(--accent); background: var(--accent-soft); border-radius: 50%; }
.steps .markdown { color: var(--muted); font-size: 0.95em; flex: 1; }
.steps .button { margin-top: 0.9rem; }

.clock-face { font-size: 1.7rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.2; }
.clock .buttons { margin: 0.75rem 0 0.6rem; }
.clock .primary { flex: 1 1 100%; }
time { font-variant-numeric: tabular-nums; }
.grant-head { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; }
.copy { padding: 0.9rem 1rem; white-space: pre-wrap; line-height: 1.7; user-select: all; }

.pull-title { font-weight: 600; color: var(--text); }
.pull-row { display: flex; align-items: flex-start; gap: 0.8rem; }
.pull-row .state { margin-top: 0.05rem; }
.pull-main { flex: 1; min-width: 0; }
.notice { margin-bottom: 1rem; background: var(--accent-soft); }
.notice-row, .check-row { display: flex; flex-wrap: wrap; align-items: center; gap: 0.6rem; }
.files { width: 100%; border-collapse: collapse; }
.files td { padding: 0.45rem 1rem; border-top: 1px solid var(--line); }
.files tr:first-child td { border-top: 0; }
.files td:last-child { text-align: right; font-size: 0.87em; }
.entry .icon { margin-right: 0.35rem; color: var(--muted); }
.entry.folder .icon { color: var(--accent); fill: var(--accent-soft); }
.branch-name { margin-bottom: 0.25rem; }
.branch-commit { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; font-size: 0.93em; }
.quiet-link { color: var(--text); }

.choices { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; margin: 1.5rem 0; }
.choice { position: relative; height: 100%; }
.choice:hover { border-color: var(--accent); }
.choice h2 a::after { content: ''; position: absolute; inset: 0; }
.choice .place { margin: 0.1rem 0 0.6rem; font-size: 0.87em; color: var(--muted); }
.choice .markdown { font-size: 0.95em; }

.pull-head h1 { margin-bottom: 0.5rem; }
.pull-head .number { color: var(--muted); font-weight: 400; }
.pull-head p { display: flex; flex-wrap: wrap; align-items: center; gap: 0.6rem; }
.inner-tabs { margin-top: 1.1rem; }
.columns:has(> .wide > .timeline) { margin-top: 0; }
.timeline > li { position: relative; padding-bottom: 1rem; }
.timeline > li::before { content: ''; position: absolute; left: 1.2rem; top: 0; bottom: 0; width: 2px; background: var(--line); z-index: -1; }
.timeline { position: relative; z-index: 0; }
.bubble { display: flex; gap: 0.9rem; align-items: flex-start; }
.bubble > .card { flex: 1; min-width: 0; }
.bubble > .avatar { box-shadow: 0 0 0 4px var(--ground); background: var(--ground); }
.event { display: flex; gap: 0.9rem; align-items: baseline; }
.event-icon { display: grid; place-items: center; flex: none; width: 1.9rem; height: 1.9rem; margin-left: 0.25rem; align-self: flex-start; color: var(--muted); background: var(--ground); border: 2px solid var(--line); border-radius: 50%; }
.event-icon.ok { color: #fff; background: light-dark(#19703a, #23803f); border-color: var(--ground); }
.event-icon.bad { color: #fff; background: light-dark(#b3261e, #c0392f); border-color: var(--ground); }
.event-icon.done { color: #fff; background: light-dark(#6b3fb0, #7a4fc4); border-color: var(--ground); }
.event-text { padding-top: 0.25rem; }
.event-text > time { color: var(--muted); }
.said { margin: 0.5rem 0 0 3.3rem; padding: 0.8rem 1rem; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; }
.merge-box { margin: 0.25rem 0 1.5rem 3.3rem; }
.verdict { display: flex; flex-wrap: wrap; gap: 0.75rem; padding: 0.9rem 1rem; align-items: flex-start; }
.verdict > div:nth-child(2) { flex: 1 1 16rem; }
.verdict.blocked .merge-form { flex: 1 1 100%; margin-left: 1.85rem; }
.verdict > .tone { margin-top: 0.2rem; }
.rows + .verdict { border-top: 1px solid var(--line); }
.reasons { padding-left: 1.1rem; margin-top: 0.25rem; font-size: 0.93em; color: var(--muted); }
.merge-form form { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.merge-form select { font-size: 0.92em; }
.reviewer { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem; margin-bottom: 0.35rem; }
.check-title { margin-bottom: 0.6rem; font-size: 1.15rem; }
.check h3 { margin: 1.25rem 0 0.5rem; }
.check details { margin-top: 1.25rem; }
.check details .markdown { margin-top: 0.6rem; }
.annotation-place { margin: 0.6rem 0 0.3rem; }

.day { margin-top: 1.25rem; }
.day h2 { font-size: 0.9rem; color: var(--muted); font-weight: 600; }
.commits > li + li { border-top: 1px solid var(--line); }
.commit { display: flex; gap: 1rem; padding: 0.8rem 1rem; }
.commit-main { flex: 1; min-width: 0; }
.commit-title a { font-weight: 600; color: var(--text); }
.commit .prose { margin-top: 0.2rem; font-size: 0.93em; color: var(--muted); }
.commit details { margin-top: 0.4rem; font-size: 0.9em; }
.commit-side { display: flex; flex-direction: column; align-items: flex-end; gap: 0.35rem; }
.commit-subject { font-size: 1.3rem; }
.byline { margin-top: 0.3rem; font-size: 0.9em; color: var(--muted); }
.byline strong { color: var(--text); font-weight: 550; }
.card-body > .prose { margin-top: 0.9rem; }
.trailers { margin-top: 0.7rem; font-family: var(--mono); font-size: 0.82rem; line-height: 1.6; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.trailers > div { display: grid; grid-template-columns: 14rem minmax(0, 1fr); gap: 1rem; padding: 0.12rem 0.8rem; }
.trailers > div:nth-child(odd) { background: var(--raised); }
.trailers dt { color: var(--muted); }
@media (max-width: 44rem) {
  .trailers > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .merge-box, .said { margin-left: 0; }
}

.diff-sum { margin-bottom: 0.8rem; color: var(--muted); }
* + .diff-sum { margin-top: 1.5rem; }
.plus { color: var(--ok); }
.minus { color: var(--bad); }
.diff-file { overflow: hidden; margin-bottom: 1.25rem; }
table.code { width: 100%; border-collapse: collapse; font: 13px/1.6 var(--mono); }
.code .number { width: 1%; min-width: 2.6rem; padding: 0 0.7rem; color: var(--muted); text-align: right; vertical-align: top; user-select: none; }
.code .number::before { content: attr(data-line); }
.code .line { padding: 0 1rem 0 0.5rem; white-space: pre-wrap; tab-size: 4; }
.code tr:first-child td { padding-top: 0.5rem; }
.code tr:last-child td { padding-bottom: 0.5rem; }
.code tr:target .line { background: var(--waiting-soft); }
.code .sign { display: inline-block; width: 1.4em; user-select: none; color: var(--muted); }
.code .added { background: var(--ok-soft); }
.code .removed { background: var(--bad-soft); }
.code .hunk { color: var(--muted); background: var(--accent-soft); }
.code .note { color: var(--muted); }
.code .k { color: light-dark(#22489c, #8fb3ff); }
.code .s { color: light-dark(#0f5f4c, #7fd1b0); }
.code .c { color: var(--muted); font-style: italic; }
.annotation td { padding: 0.6rem 1rem; background: var(--surface); border: solid var(--line); border-width: 1px 0; font: 0.93rem/1.5 var(--sans); }
.annotation-box { padding: 0.55rem 0.9rem; border-left: 3px solid var(--accent); background: var(--raised); border-radius: 0 7px 7px 0; }
.annotation-box.failure { border-color: var(--bad); }
.annotation-box.warning { border-color: var(--waiting); }
.annotation-box .message { margin-top: 0.2rem; white-space: pre-wrap; }
.annotation-box pre { margin-top: 0.4rem; white-space: pre-wrap; font-size: 0.85em; }

.error-page { max-width: 34rem; margin: 4rem auto; text-align: center; }
.error-page h1 { margin-bottom: 0.5rem; }
.error-page p + p { margin-top: 1.25rem; }
.error-status { font-size: 3rem; font-weight: 650; color: var(--muted); line-height: 1.1; }
`;
