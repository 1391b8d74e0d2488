/**
 * A card as a picture of its own: on the theme's background every canvas and every text of the card at its place, with twice the pixels of the
 * screen's ordinary ones, as for a paper or a talk, and below it a line that says what ran. What is not part of the picture (tools, what is only
 * spoken) is left out.
 */
import { theme } from '../theme';

/** What a picture leaves out. */
const LEFT_OUT = '.tools, .spoken, .readout, .cellReading, .dataTable';
const MARGIN = 12;

/** Height of the line below, CSS pixels. */
const LINE = 16;

/** @param ratio pixels of the picture for each CSS pixel. @param caption what ran; may be empty. @returns PNG */
export async function photograph(card: HTMLElement, ratio: number, caption: string): Promise<Blob> {
  const frame = card.getBoundingClientRect();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [
    Math.round((frame.width + 2 * MARGIN) * ratio),
    Math.round((frame.height + 2 * MARGIN + (caption === '' ? 0 : LINE)) * ratio),
  ];
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  context.fillStyle = theme().background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.font = `10px ${theme().font}`;
  context.fillStyle = theme().dim;
  context.fillText(shortened(caption, frame.width, context), 2 * MARGIN, canvas.height / ratio - MARGIN);
  context.translate(MARGIN - frame.left, MARGIN - frame.top);
  copy(card, context);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error(`the picture of ${canvas.width} × ${canvas.height} pixels could not be made; is there memory for it?`);
  return blob;
}

/** As much of a text as fits. */
function shortened(text: string, width: number, context: CanvasRenderingContext2D): string {
  let length = text.length;
  while (length > 0 && context.measureText(text.slice(0, length)).width > width - MARGIN) length--;
  return length === text.length ? text : `${text.slice(0, length - 1)}…`;
}

/** Draws `node` and what is in it where it stands on the page. */
function copy(node: Node, context: CanvasRenderingContext2D): void {
  if (node instanceof Text) {
    write(node, context);
    return;
  }
  if (!(node instanceof HTMLElement) || node.hidden || node.matches(LEFT_OUT)) return;
  if (node instanceof HTMLCanvasElement) {
    const { left, top, width, height } = node.getBoundingClientRect();
    context.imageSmoothingEnabled = getComputedStyle(node).imageRendering !== 'pixelated';
    if (width > 0 && height > 0 && node.width > 0 && node.height > 0) context.drawImage(node, left, top, width, height);
  } else if (node.classList.contains('swatch')) swatch(node, context);
  else for (const child of node.childNodes) copy(child, context);
}

/** A swatch is the upper border of its box. */
function swatch(node: HTMLElement, context: CanvasRenderingContext2D): void {
  const { left, top, width } = node.getBoundingClientRect();
  const style = getComputedStyle(node);
  const thickness = parseFloat(style.borderTopWidth);
  context.save();
  context.globalAlpha = parseFloat(style.opacity);
  context.strokeStyle = style.borderTopColor;
  context.lineWidth = thickness;
  context.setLineDash(style.borderTopStyle === 'dashed' ? [4, 3] : []);
  context.beginPath();
  context.moveTo(left, top + thickness / 2);
  context.lineTo(left + width, top + thickness / 2);
  context.stroke();
  context.restore();
}

/** A text, line by line as it is broken on the page; what is cut off there is cut off here. */
function write(text: Text, context: CanvasRenderingContext2D): void {
  const parent = text.parentElement!;
  const style = getComputedStyle(parent);
  if (style.visibility === 'hidden') return;
  const box = parent.getBoundingClientRect();
  const range = document.createRange();
  context.save();
  if (style.overflow !== 'visible' && style.display !== 'inline') {
    context.beginPath();
    context.rect(box.left, box.top, box.width, box.height);
    context.clip();
  }
  context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.textBaseline = 'alphabetic';
  for (const word of text.data.matchAll(/\S+/g)) {
    range.setStart(text, word.index);
    range.setEnd(text, word.index + word[0].length);
    const place = range.getBoundingClientRect();
    if (place.width === 0) continue;
    const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = context.measureText(word[0]);
    context.fillText(word[0], place.left, place.top + (place.height + ascent - descent) / 2);
  }
  context.restore();
}
