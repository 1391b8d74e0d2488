/**
 * Numbers as colours: a matrix that fills its width, or the weights of units as small images, with the scale, its ends in numbers, and the exact
 * number of the cell under the pointer or the keyboard's cursor. The numbers are laid on the scale when they change and painted when they, the
 * size or the theme change; nothing is done in between.
 */
import { element, setText, show } from '../dom';
import { number } from '../format';
import { Quantity } from '../quantity';
import { theme } from '../theme';
import { Surface } from './canvas';
import { boxOf, cellAt, imageLayout, matrixLayout, paintCells, shrinkLevels, type ImageShape, type Layout } from './cells';
import { LEVELS, pixelsOf, type ColourScale } from './colours';
import { levelsOf, spanOf, type Meaning, type Span } from './levels';

/** What is to be drawn. */
export interface Cells {
  readonly rows: number;
  readonly columns: number;
  /** Row by row. Numbers that changed come in another array, or with another version. */
  readonly values: Float32Array | Float64Array;
  readonly version?: number;
  readonly meaning: Meaning;
  /** Draw each row as an image of this shape. */
  readonly image?: ImageShape | null;
  /** The picture in words. */
  readonly summary: string;
  /** The row that is chosen. */
  readonly marked?: number;
  /** The column looked at: what comes after it is dimmed. */
  readonly cursor?: number | null;
}

/** A cell's number as it is to be read. */
export interface Reading {
  readonly place: string;
  readonly value: number;
  readonly step: number;
  readonly layer: string;
  /** As written; three digits are not enough for whoever wants to know. */
  readonly text: string;
}

export interface HeatMapOptions {
  /** A class of its own. */
  readonly name: string;
  /** What the numbers are, for tests: `gradientNorm`. */
  readonly quantity: string;
  /** What is said while no cell is pointed at. */
  readonly hint: string;
  /** Pixels of height at least and at most (CSS); a matrix has its own proportions between them. */
  height(width: number): readonly [least: number, most: number];
  /** Asks for a drawing: the size has changed. */
  readonly redraw: () => void;
  read(cell: number): Reading | null;
  /** A cell was clicked, or chosen with Enter. */
  picked?(cell: number): void;
}

/** Numbers that take a good part of a frame's time. */
const MANY = 200_000;

/** Whether the theme is a light one: what is 0 is then bright. */
const isLight = (): boolean => /vscode-(high-contrast-)?light/.test(document.body.className);

export class HeatMap {
  readonly element: HTMLElement;
  /** The numbers that the scale spans, once drawn. */
  span: Span | null = null;
  private readonly surface: Surface;
  private readonly frame: HTMLElement;
  private readonly bar: Surface;
  private readonly low = new Quantity('scale.low', number);
  private readonly high = new Quantity('scale.high', number);
  private readonly place = element('span');
  private readonly value: Quantity;
  private readonly spoken = element('p', { class: 'spoken', 'aria-live': 'polite' });
  private readonly box = element('div', { class: 'cellBox', hidden: true });
  /** Where each number stands on the scale. */
  private levels = new Uint8Array(0);
  private cells: Cells | null = null;
  private layout: Layout | null = null;
  /** What the canvas was arranged for, the height that it was given (CSS pixels), and what is painted on it. */
  private arranged = '';
  private height = 0;
  private painted = '';
  private taken = 0;
  private cursor = -1;

  constructor(private readonly options: HeatMapOptions) {
    const { name, quantity, redraw, hint } = options;
    this.surface = new Surface(`heat ${name}`, () => {
      this.painted = ''; // a canvas of another size is empty
      redraw();
    });
    this.bar = new Surface('scale', () => this.drawBar());
    this.bar.element.removeAttribute('role');
    this.bar.element.setAttribute('aria-hidden', 'true');
    this.value = new Quantity(quantity, String);
    this.value.element.hidden = true;
    setText(this.place, hint);
    const { canvas } = this;
    canvas.tabIndex = 0;
    canvas.setAttribute('aria-roledescription', 'heat map; arrow keys read its cells');
    this.frame = element('div', { class: 'heatFrame' }, canvas, this.box);
    this.element = element(
      'div',
      { class: 'heatMap' },
      this.frame,
      element('div', { class: 'ends' }, this.low.element, this.bar.element, this.high.element),
      element('p', { class: 'cellReading number' }, this.place, ' ', this.value.element),
      this.spoken,
    );
    canvas.addEventListener('pointermove', (event) => this.point(event));
    canvas.addEventListener('pointerleave', () => this.tell(-1));
    canvas.addEventListener('click', (event) => {
      const cell = this.cellUnder(event);
      if (cell >= 0) options.picked?.(cell);
    });
    canvas.addEventListener('keydown', (event) => this.press(event));
    canvas.addEventListener('blur', () => this.tell(-1));
  }

  /** How many pixels it is wide. */
  get pixels(): number {
    return Math.round(this.surface.width * devicePixelRatio);
  }

  get canvas(): HTMLCanvasElement {
    return this.surface.element;
  }

  /** The colours changed. */
  recolour(): void {
    this.painted = '';
    this.drawBar();
  }

  draw(cells: Cells): void {
    const { rows, columns, image, summary, marked = -1, cursor = null } = cells;
    const isNew = this.isNew(cells);
    if (isNew) this.take(cells);
    this.cells = cells;
    if (this.canvas.ariaLabel !== summary) this.canvas.ariaLabel = summary;
    const width = this.pixels;
    if (width === 0 || rows * columns === 0) return;
    if (isNew && rows * columns > MANY) {
      this.options.redraw(); // they are painted with the next frame of the screen: this one has done its part
      return;
    }
    const shape = `${rows} ${columns} ${image?.join('×')} ${width} ${devicePixelRatio}`;
    if (shape !== this.arranged) this.arrange(cells, width);
    this.arranged = shape;
    if (Math.abs(this.surface.height - this.height) > 1) return; // the canvas is about to have its new height, and asks for a drawing then
    const stamp = `${shape} ${this.scale} ${marked} ${cursor} ${this.taken}`;
    if (stamp === this.painted) return;
    this.painted = stamp;
    this.paint(cells, width, Math.round(this.surface.height * devicePixelRatio));
    if (!image) this.overlay(cells, marked, cursor);
    if (this.cursor >= 0) this.tell(this.cursor);
  }

  private get scale(): ColourScale {
    if (this.span?.kind !== 'diverging') return 'sequential';
    return isLight() ? 'divergingLight' : 'divergingDark';
  }

  private isNew({ values, meaning, version }: Cells): boolean {
    const { cells } = this;
    return cells === null || cells.values !== values || cells.meaning !== meaning || cells.version !== version;
  }

  /** New numbers: what the scale spans, and where each stands on it. */
  private take({ values, meaning, rows, columns }: Cells): void {
    const scale = this.scale;
    const count = rows * columns;
    if (this.levels.length !== count) this.levels = new Uint8Array(count);
    this.span = spanOf(values, meaning);
    levelsOf(values, this.span, this.levels);
    this.taken++;
    const { low, high, below, above } = this.span;
    const end = (target: Quantity, value: number, beyond: string): void => {
      if (Number.isNaN(value)) target.clear();
      else target.set(value, 0, `${beyond}${number(value, 2)}`);
    };
    end(this.low, low, below ? '≤ ' : '');
    end(this.high, high, above ? '≥ ' : '');
    if (scale !== this.scale) this.drawBar();
  }

  /** Decides where cells lie and the canvas's height. */
  private arrange({ rows, columns, image }: Cells, width: number): void {
    const density = devicePixelRatio;
    const [least, most] = this.options.height(width / density);
    const grid = image ? imageLayout(rows, image, width, density, most * density) : null;
    this.height = Math.round(grid ? grid.height / density : Math.min(most, Math.max(least, (width * rows) / columns / density)));
    this.layout = grid ?? matrixLayout(rows, columns, width, Math.round(this.height * density));
    this.canvas.style.height = `${this.height}px`;
    this.frame.classList.toggle('long', this.height > most);
  }

  private paint({ rows, columns, image }: Cells, width: number, height: number): void {
    const { context } = this.surface;
    let shown = this.layout!;
    let levels: Uint8Array = this.levels;
    if (!image && (rows > height || columns > width)) {
      const less = shrinkLevels(levels, { rows, columns }, height, width);
      levels = less.levels;
      shown = matrixLayout(less.rows, less.columns, width, height);
    }
    const pixels = context.createImageData(shown.width, shown.height);
    paintCells(levels, shown, pixelsOf(this.scale), new Uint32Array(pixels.data.buffer));
    this.surface.begin();
    context.putImageData(pixels, 0, 0);
  }

  /** What lies over a matrix: the chosen row, and the column looked at. */
  private overlay({ rows, columns }: Cells, marked: number, cursor: number | null): void {
    const { context, width, height } = this.surface;
    const colours = theme();
    if (cursor !== null && cursor < columns - 1) {
      const x = ((cursor + 0.5) * width) / columns;
      context.globalAlpha = 0.6;
      context.fillStyle = colours.background;
      context.fillRect(x, 0, width - x, height);
      context.globalAlpha = 1;
      context.fillStyle = colours.foreground;
      context.fillRect(Math.round(x), 0, 1, height);
    }
    if (marked < 0 || rows < 2) return;
    context.strokeStyle = colours.foreground;
    context.lineWidth = 1;
    context.strokeRect(0.5, (marked * height) / rows + 0.5, width - 1, height / rows - 1);
  }

  private drawBar(): void {
    const context = this.bar.begin();
    if (this.bar.width === 0) return;
    const ramp = new ImageData(LEVELS, 1);
    new Uint32Array(ramp.data.buffer).set(pixelsOf(this.scale).subarray(0, LEVELS));
    const strip = document.createElement('canvas');
    [strip.width, strip.height] = [LEVELS, 1];
    strip.getContext('2d')!.putImageData(ramp, 0, 0);
    context.drawImage(strip, 0, 0, this.bar.width, this.bar.height);
  }

  private cellUnder({ offsetX, offsetY }: MouseEvent): number {
    return this.layout ? cellAt(this.layout, Math.floor(offsetX * devicePixelRatio), Math.floor(offsetY * devicePixelRatio)) : -1;
  }

  private point(event: PointerEvent): void {
    this.tell(this.cellUnder(event));
  }

  /** Moves the cursor by a cell, a line, or a row of the matrix. */
  private press(event: KeyboardEvent): void {
    const { cells, layout } = this;
    if (!cells || !layout) return;
    const { columns, image } = cells;
    const at = Math.max(0, this.cursor);
    const line = image ? image[2] : columns;
    const start = at - (at % columns);
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + line,
      ArrowUp: at - line,
      PageDown: at + columns,
      PageUp: at - columns,
      Home: start,
      End: start + columns - 1,
    };
    if (event.key === 'Enter' && this.cursor >= 0) this.options.picked?.(this.cursor);
    else if (event.key === 'Escape' && this.cursor >= 0) this.tell(-1);
    else if (event.key in moves) {
      const wanted = this.cursor < 0 ? 0 : moves[event.key];
      if (wanted >= 0 && wanted < layout.cells) this.tell(wanted);
      setText(this.spoken, `${this.place.textContent ?? ''} ${this.value.text}`);
      this.box.scrollIntoView({ block: 'nearest' });
    } else return;
    event.preventDefault();
  }

  /** Says what a cell has; −1 for no cell. */
  private tell(cell: number): void {
    const { layout, value, box } = this;
    this.cursor = cell;
    const reading = cell < 0 ? null : this.options.read(cell);
    const place = reading && layout ? boxOf(layout, cell) : null;
    show(value.element, reading !== null);
    show(box, place !== null);
    setText(this.place, reading ? `${reading.place}:` : this.options.hint);
    if (!reading) return value.clear();
    value.of(reading.layer);
    value.set(reading.value, reading.step, reading.text);
    if (!place) return;
    const [width, height] = [place.width / devicePixelRatio, place.height / devicePixelRatio];
    box.style.transform = `translate(${place.x / devicePixelRatio - 1}px, ${place.y / devicePixelRatio - 1}px)`;
    box.style.width = `${Math.max(3, width + 2)}px`;
    box.style.height = `${Math.max(3, height + 2)}px`;
  }
}
