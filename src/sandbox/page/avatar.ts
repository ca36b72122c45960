/** A picture for every account: its first letter on a colour of its own. */
import type { Account } from '../state.ts';
import { escapeHtml } from './html.ts';

/** Dark enough for white letters. */
const colours = ['#3b4fb8', '#0f766e', '#9d3c72', '#8a4b08', '#3f6212', '#6d3fb5', '#b0362b', '#1f6391'];

const botColour = '#475063';

/** SVG; a bot's has corners. */
export function avatarImage({ id, login, type }: Account): string {
  const colour = type === 'Bot' ? botColour : (colours[id % colours.length] ?? botColour);
  const radius = type === 'User' ? 20 : 8;
  const letter = escapeHtml((Array.from(login)[0] ?? '?').toUpperCase());
  const text = `<text x="20" y="20.5" dy=".35em" text-anchor="middle" fill="#fff" font-family="system-ui,sans-serif" font-size="20" font-weight="600">${letter}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="${radius}" fill="${colour}"/>${text}</svg>`;
}
