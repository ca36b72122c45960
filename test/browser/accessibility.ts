/** What everybody needs of a page, measured in the browser: names, landmarks, one heading, and contrast. */
import type { Page } from 'playwright-core';

/** What is wrong on the page as it is shown now, in sentences; empty where nothing is. */
export async function faultsOf(page: Page): Promise<readonly string[]> {
  return await page.evaluate(measure);
}

/** Runs in the browser, so it stands alone. Contrast is that of WCAG 2.2: 4.5, and 3 for large text. */
const measure = `(() => {
  const faults = [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const describe = (element) => element.outerHTML.replace(/\\s+/g, ' ').slice(0, 120);

  for (const landmark of ['header', 'main', 'footer'])
    if (document.querySelector('body > ' + landmark) === null) faults.push('there is no ' + landmark);
  const headings = document.querySelectorAll('h1:not(.markdown h1)');
  if (headings.length !== 1) faults.push('there are ' + headings.length + ' headings of the first level');
  if (document.documentElement.lang === '') faults.push('the language is not named');
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of ids.filter((id, index) => ids.indexOf(id) !== index)) faults.push('two elements are called ' + id);

  for (const field of document.querySelectorAll('input:not([type=hidden]), textarea, select'))
    if (field.labels.length === 0 && !field.ariaLabel) faults.push('no label: ' + describe(field));
  for (const element of document.querySelectorAll('a, button, summary'))
    if (shown(element) && element.textContent.trim() === '' && !element.ariaLabel)
      faults.push('no name: ' + describe(element));
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
    faults.push('the page is wider than the window');

  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const colour = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = (rgb) => {
    const [r, g, b] = [...rgb].slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    for (let each = element; each !== null; each = each.parentElement) {
      const found = colour(getComputedStyle(each).backgroundColor);
      if (found[3] > 0) return found;
    }
    return colour('white');
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() === '' || seen.has(element)) continue;
    seen.add(element);
    if (!shown(element) || element.closest(':disabled, [aria-disabled=true], .hidden, .skip, script') !== null) continue;
    const style = getComputedStyle(element);
    const [one, other] = [luminance(colour(style.color)), luminance(background(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faults.push('contrast ' + ratio.toFixed(2) + ': ' + describe(element));
  }
  return faults;
})()`;
