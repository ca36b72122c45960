/** Colours, type, and the frame of every page. */
export const base = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f5f6f8, #0e1218);
  --surface: light-dark(#ffffff, #161b23);
  --raised: light-dark(#f8f9fb, #1b212b);
  --text: light-dark(#1c2128, #e4e9f0);
  --muted: light-dark(#5b6472, #98a3b3);
  --line: light-dark(#dde1e7, #2b333f);
  --accent: light-dark(#3b4fb8, #93a4f4);
  --accent-solid: light-dark(#3b4fb8, #4a5fd0);
  --accent-soft: light-dark(#eceffb, #1f2742);
  --ok: light-dark(#19703a, #56c27b);
  --ok-soft: light-dark(#e3f5e9, #14301f);
  --bad: light-dark(#b3261e, #f2837b);
  --bad-soft: light-dark(#fdeae8, #3a1b1b);
  --waiting: light-dark(#8a5300, #e0ac52);
  --waiting-soft: light-dark(#fdf2da, #352711);
  --done: light-dark(#6b3fb0, #b998f5);
  --done-soft: light-dark(#f0e9fb, #2a1f45);
  --shadow: light-dark(0 1px 2px rgb(20 30 50 / 6%), 0 1px 2px rgb(0 0 0 / 40%));
  --sans: -apple-system, BlinkMacSystemFont, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'Liberation Mono', monospace;
}
*, *::before, *::after { box-sizing: border-box; }
html { font: 15px/1.55 var(--sans); }
body {
  margin: 0;
  min-height: 100vh;
  display: flex;
  flex-direction: column;
  background: var(--ground);
  color: var(--text);
  overflow-wrap: anywhere;
}
h1, h2, h3, h4, p, ul, ol, dl, dd, pre, blockquote, figure { margin: 0; }
h1 { font-size: 1.6rem; line-height: 1.25; letter-spacing: -0.012em; }
h2 { font-size: 1.05rem; line-height: 1.4; }
h3 { font-size: 0.95rem; }
ul, ol { padding: 0; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre, .mono, .sha, .path, .ref { font-family: var(--mono); font-size: 0.88em; }
pre code { font-size: inherit; }
small, .small { font-size: 0.87em; }
.muted { color: var(--muted); }
.nowrap { white-space: nowrap; }
.spacer { flex: 1; }
.ellipsis { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.hidden, .skip:not(:focus) {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.skip:focus { position: absolute; left: 1rem; top: 0.5rem; z-index: 2; padding: 0.4rem 0.8rem; background: var(--surface); }
.icon {
  width: 1.07em;
  height: 1.07em;
  flex: none;
  vertical-align: -0.16em;
  fill: none;
  stroke: currentColor;
  stroke-width: 1.5;
  stroke-linecap: round;
  stroke-linejoin: round;
}
.inner, main { width: 100%; max-width: 72rem; margin: 0 auto; padding: 0 1.5rem; }
main { flex: 1; padding-top: 1.75rem; padding-bottom: 3.5rem; }
main > section, main section + section { margin-top: 2rem; }

.top { background: var(--surface); border-bottom: 1px solid var(--line); }
.top .inner { display: flex; align-items: center; gap: 1rem; height: 3.5rem; }
.brand { display: flex; align-items: center; gap: 0.55rem; font-weight: 650; color: var(--text); }
.brand:hover { text-decoration: none; }
.brand .icon { color: var(--accent); width: 1.3em; height: 1.3em; }
.top-actions { margin-left: auto; display: flex; gap: 0.35rem; }
button.quiet { background: none; border-color: transparent; box-shadow: none; font-weight: 400; }
button.quiet:hover { background: var(--raised); border-color: var(--line); }
.menu {
  position: absolute;
  inset: 3.4rem max(1.5rem, calc(50vw - 34.5rem)) auto auto;
  margin: 0;
  width: 17.5rem;
  padding: 0.5rem;
  color: inherit;
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: 10px;
  box-shadow: 0 8px 28px rgb(10 15 30 / 22%);
}
.menu .clock { padding: 0.5rem; }
.menu-title { padding: 0.25rem 0.6rem 0.35rem; font-size: 0.85em; color: var(--muted); }
button.menu-item {
  display: flex;
  align-items: center;
  justify-content: flex-start;
  gap: 0.6rem;
  width: 100%;
  padding: 0.4rem 0.6rem;
  text-align: left;
  font-weight: 400;
  background: none;
  border-color: transparent;
  box-shadow: none;
}
button.menu-item:hover { background: var(--accent-soft); border-color: transparent; }
.menu form + form { margin-top: 0.4rem; padding-top: 0.4rem; border-top: 1px solid var(--line); }
.menu-item small { display: block; color: var(--muted); line-height: 1.3; }
#changed {
  position: fixed;
  inset: auto 0 1.5rem;
  width: max-content;
  margin: 0 auto;
  padding: 0.6rem 1rem;
  background: var(--text);
  color: var(--ground);
  border-radius: 8px;
}
#changed a { color: inherit; text-decoration: underline; }
#changed[hidden] { display: none; }

.bottom { border-top: 1px solid var(--line); color: var(--muted); font-size: 0.87em; }
.bottom .inner { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; justify-content: space-between; padding-top: 1.1rem; padding-bottom: 1.4rem; }
.bottom nav { display: flex; gap: 1.25rem; }

.columns { display: grid; grid-template-columns: minmax(0, 1fr) 18rem; gap: 2rem; align-items: start; margin-top: 2rem; }
.heading { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.4rem 1rem; margin-bottom: 1.1rem; }
.heading-actions { margin-left: auto; display: flex; gap: 0.5rem; }
@media (max-width: 56rem) {
  .columns { grid-template-columns: minmax(0, 1fr); }
  .inner, main { padding-left: 1rem; padding-right: 1rem; }
}
`;
