/** The tools that every card with a picture has: copy the picture, copy its numbers, show them as a table in its place, from which Escape goes back. */
import type { Card } from '../card';
import { iconButton, toggleButton, type Control } from '../controls';
import { element, setText, show } from '../dom';
import type { PanelContext } from '../panel';
import { copyPicture } from './clipboard';
import { toCsv, type Tabular } from './csv';
import { DataTable } from './dataTable';
import { photograph } from './photograph';
import { confirm, toolbar } from './toolbar';

/** Pixels of a copied picture for each CSS pixel. */
const SHARPNESS = 2;

const COPY_PICTURE = ['Copy the picture', 'file-media'] as const;
const COPY_DATA = ['Copy the numbers as CSV', 'copy'] as const;

export interface Equipment {
  /** What the picture is, in a few words. */
  title(): string;
  /** What ran, in one line. */
  caption?(): string;
  /** Steps aside for the table. */
  readonly picture: HTMLElement;
  /** All the numbers there are. */
  data(): Tabular;
  /** Those that are in sight; all where it is missing. */
  seen?(): Tabular;
  /** Tools of its own, left and right of the others. */
  readonly before?: readonly Control[];
  readonly after?: readonly Control[];
  /** Calls `use` while the canvases have `ratio` pixels for each CSS pixel. */
  sharpened?(ratio: number, use: () => Promise<Blob>): Promise<Blob>;
}

export class CardTools {
  private readonly table = new DataTable();
  private readonly tableButton = toggleButton('table', 'Show the numbers as a table', false, (pressed) => this.flip(pressed));
  /** Says what was done. */
  private readonly told = element('p', { class: 'spoken', role: 'status' });

  constructor(
    { host, attempt }: PanelContext,
    card: Card,
    private readonly equipment: Equipment,
  ) {
    const { before = [], after = [], picture } = equipment;
    const tell = (tool: Control, done: string, [label, icon]: readonly [string, string]): void => {
      confirm(tool, done, label, icon);
      setText(this.told, done);
    };
    const copyImage = iconButton(COPY_PICTURE[1], COPY_PICTURE[0], () =>
      attempt(async () => {
        const shot = (): Promise<Blob> => photograph(card.element, SHARPNESS, equipment.caption?.() ?? '');
        const made = equipment.sharpened ? equipment.sharpened(SHARPNESS, shot) : shot();
        if ((await copyPicture(host, equipment.title(), made)) === 'clipboard') tell(copyImage, 'The picture is copied', COPY_PICTURE);
      }),
    );
    const copyData = iconButton(COPY_DATA[1], COPY_DATA[0], () =>
      attempt(async () => {
        await host.copyText(toCsv(equipment.data()));
        tell(copyData, 'The numbers are copied', COPY_DATA);
      }),
    );
    card.equip(toolbar(equipment.title(), [...before, copyImage, copyData, this.tableButton, ...after]));
    picture.after(this.table.element, this.told);
    card.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.showsTable) this.flip(false);
    });
  }

  /** Whether the table stands in the picture's place. */
  get showsTable(): boolean {
    return this.tableButton.pressed;
  }

  /** Brings the table up to date where it is shown. */
  refresh(): void {
    if (this.showsTable) this.table.fill((this.equipment.seen ?? this.equipment.data)());
  }

  private flip(toTable: boolean): void {
    const { picture } = this.equipment;
    this.tableButton.press(toTable);
    if (toTable) this.table.element.style.height = `${picture.offsetHeight}px`;
    this.refresh();
    show(picture, !toTable);
    show(this.table.element, toTable);
    if (toTable) this.table.element.focus();
    else this.tableButton.element.focus();
  }
}
