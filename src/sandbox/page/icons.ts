/** Small drawings. They only repeat what stands beside them, so they say nothing to a screen reader. */
import { html, trusted } from './html.ts';
import type { Html } from './html.ts';

/** Strokes on a square of 16. */
const drawings = {
  moon: 'M13 10.2A5.8 5.8 0 0 1 5.8 3 5.8 5.8 0 1 0 13 10.2Z',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 4.8V8l2.2 1.6',
  open: 'M4 5.5v5M4 5.5a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2Zm0 5a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2Zm8 0a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2Zm0 0V6a2 2 0 0 0-2-2H8m1.8-1.8L8 4l1.8 1.8',
  merged:
    'M4 5.5v5M4 5.5a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2Zm0 5a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2ZM12 6.9a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2Zm-1.6 1.6H9A5 5 0 0 1 4 5.3',
  closed:
    'M4 5.5v5M4 5.5a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2Zm0 5a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2Zm8 0a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2Zm0 0V8M10.4 2.6l3.2 3.2m0-3.2-3.2 3.2',
  check: 'M3.2 8.6 6.4 11.8 12.8 4.6',
  cross: 'M4.2 4.2l7.6 7.6m0-7.6-7.6 7.6',
  waiting: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6Z',
  attention: 'M8 2.4 14 13H2L8 2.4Zm0 4.2v3m0 1.9v.1',
  comment: 'M2.8 3.2h10.4v7.4H7.4L4.6 13v-2.4H2.8V3.2Z',
  eye: 'M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8Zm6.2-1.7a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4Z',
  commit: 'M8 5.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2ZM1.6 8h3.8m5.2 0h3.8',
  branch:
    'M4.5 5.5v5M4.5 5.5a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2Zm0 5a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2Zm7-5a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2Zm0 0c0 2.4-2 2.6-3.6 2.8-1.8.2-3.4.6-3.4 2.2',
  folder: 'M1.8 4V12.6h12.4V5.2H7.6L6.2 3.4H1.8V4Z',
  file: 'M3.4 1.8h5.4l3.8 3.8v8.6H3.4V1.8Zm5.2 0v4h4',
  key: 'M10.4 2.4a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4ZM8 7.9 2.4 13.5m2-2 1.8 1.8m.2-3.8 1.4 1.4',
  people:
    'M6 3a2.4 2.4 0 1 0 0 4.8A2.4 2.4 0 0 0 6 3ZM1.6 13c.3-2.4 2-3.6 4.4-3.6s4.1 1.2 4.4 3.6M10.6 3.2a2.4 2.4 0 0 1 0 4.4m1.2 2.1c1.5.4 2.4 1.5 2.6 3.3',
  book: 'M3 2.6h8.6a1.4 1.4 0 0 1 1.4 1.4v9.4H4.4A1.4 1.4 0 0 1 3 12V2.6Zm0 9.4a1.4 1.4 0 0 1 1.4-1.4H13',
  arrow: 'M3 8h9.6M8.8 4.2 12.6 8l-3.8 3.8',
  tag: 'M2.4 2.4h5.2l6 6-5.2 5.2-6-6V2.4Zm2.9 2.9v.1',
  pencil: 'M2.6 13.4l.7-3L10.6 3l2.4 2.4-7.4 7.3-3 .7Z',
} as const;

export type IconName = keyof typeof drawings;

/** The drawing, in the colour and size of the text around it. */
export function icon(name: IconName): Html {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="${drawings[name]}" /></svg>`;
}

/** The sign of the page, as a file of its own. */
export const favicon = trusted(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#3b4fb8"/><path d="M12 9.8A4.9 4.9 0 0 1 6.2 4 4.9 4.9 0 1 0 12 9.8Z" fill="#fff"/></svg>`,
).text;
