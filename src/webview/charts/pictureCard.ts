/**
 * A card with a picture that is drawn by hand (a heat map, contours): the owner draws it, the card gives it what every picture has: it can be
 * copied, its numbers can be copied and read as a table.
 */
import { Card } from '../card';
import type { Control } from '../controls';
import type { PanelContext } from '../panel';
import { CardTools } from './cardTools';
import type { Tabular } from './csv';

export interface PictureCardOptions {
  /** For the grid and for tests: unique within a panel. */
  readonly name: string;
  readonly title: string;
  /** Quantity and unit, at the title. */
  readonly note?: string;
  /** What stands between the title and the picture. */
  readonly before?: readonly HTMLElement[];
  /** Holds the canvases and their labels; the table takes its place. What is to be on a copied picture is a canvas or a text. */
  readonly content: HTMLElement;
  /** What stays below both. */
  readonly after?: readonly HTMLElement[];
  /** Tools of its own, before the others. */
  readonly tools?: readonly Control[];
  /** What ran, in one line, for a copied picture. */
  caption?(): string;
  /** All the numbers of the picture, as they are when it is asked. */
  data(): Tabular;
}

export class PictureCard {
  private readonly card: Card;
  private readonly tools: CardTools;
  private name: string;

  constructor(context: PanelContext, options: PictureCardOptions) {
    const { name, title, note = '', before = [], content, after = [], tools } = options;
    this.name = title;
    this.card = new Card(name, title, note, ...before, content, ...after);
    this.tools = new CardTools(context, this.card, {
      title: () => this.name,
      caption: () => options.caption?.() ?? '',
      picture: content,
      data: () => options.data(),
      before: tools,
    });
  }

  get element(): HTMLElement {
    return this.card.element;
  }

  title(text: string): void {
    this.name = text;
    this.card.title(text);
  }

  note(text: string): void {
    this.card.note(text);
  }

  /** The numbers are others now (another layer, another run): a table that is shown says them. Not for every step of a run. */
  refresh(): void {
    this.tools.refresh();
  }
}
