/** What whoever starts the sandbox gives to the page, which by itself is that of any GitHub. */

export interface PageOptions {
  /** Stands at the top of every page. */
  readonly name: string;
  /** The first thing that a newcomer reads; each a paragraph or list of Markdown. */
  readonly guide?: {
    readonly headline: string;
    readonly about: string;
    readonly steps: readonly GuideStep[];
  };
  /** New files that people may start from. */
  readonly prefills?: Prefills;
  readonly links?: readonly { readonly label: string; readonly href: string }[];
}

interface GuideStep {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  /** Where the step is done. */
  readonly link?: { readonly label: string; readonly path: string };
}

interface Prefills {
  /** `owner/name` of the repository that the files are for. */
  readonly repository: string;
  /** What one does with them: `Request access`. */
  readonly title: string;
  /** Markdown, above the choice. */
  readonly about: string;
  readonly files: readonly Prefill[];
}

/** A new file to start from. */
export interface Prefill {
  readonly label: string;
  /** Markdown: what comes of it. */
  readonly summary: string;
  readonly path: string;
  readonly text: string;
  /** Title of the pull request. */
  readonly title: string;
}
