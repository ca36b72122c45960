/** Colour, only where a person sees it. */
import { styleText } from 'node:util';
import type { Output } from './command.ts';

type Format = Parameters<typeof styleText>[0];

/** The text in a style of `node:util` styleText where the output shows colours, else as it is. */
export function paint(output: Output, format: Format, text: string): string {
  return output.colours ? styleText(format, text, { validateStream: false }) : text;
}
