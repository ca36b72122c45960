import { base } from './style/base.ts';
import { components } from './style/components.ts';
import { pages } from './style/pages.ts';

/** The stylesheet of every page: plain CSS, for light and dark. */
export const style = [base, components, pages].join('');
