/** Building the document: one function instead of HTML strings, so that no text is ever taken for markup. */

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with attributes (`false` and undefined leave one out, `true` sets it empty) and children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  made.append(...children);
  return made;
}

/** Sets the text only where it differs: an unchanged node costs no layout. */
export function setText(node: Node, text: string): void {
  const { firstChild: words } = node;
  // reading and writing the one text node there is costs less than all the text below, put together, and a new node
  if (!(words instanceof Text) || words !== node.lastChild || text === '') {
    if (node.textContent !== text) node.textContent = text;
  } else if (words.data !== text) words.data = text;
}

/** Shows or hides. */
export function show(target: HTMLElement, visible: boolean): void {
  if (target.hidden === visible) target.hidden = !visible;
}

/** A codicon, for the eye only: what it means is said by the control that carries it. */
export function icon(name: string): HTMLSpanElement {
  return element('span', { class: `codicon codicon-${name}`, 'aria-hidden': 'true' });
}

/** Tells the panel that `target`, somewhere in it, is to be drawn again: its size or its colours changed. */
export function askForRedraw(target: HTMLElement): void {
  target.dispatchEvent(new CustomEvent(REDRAW, { bubbles: true }));
}

/** The event that `askForRedraw` sends up the document. */
export const REDRAW = 'panelredraw';
