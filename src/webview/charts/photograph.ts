/**
 * A card as a picture of its own: on the theme's background every canvas and every text of the card at its place, with twice the pixels of the
 * screen's ordinary ones, as for a paper or a talk, and below it a line that says what ran. What is not part of the picture (tools, what is only
 * spoken) is left out, and what is only for the picture (`.pictured`) is there: styles/card.css says which, for as long as the card is
 * `.photographed`.
 */
import { theme } from '../theme';
import { wrapped } from './wrapped';

/** On a card for as long as its picture is taken. */
const TAKEN = 'photographed';
const MARGIN = 12;
/** Height of each line below, CSS pixels. */
const LINE = 16;

/** @param ratio pixels of the picture for each CSS pixel. @param caption what ran; may be empty. @returns PNG */
export async function photograph(card: HTMLElement, ratio: number, caption: string): Promise<Blob> {
  const canvas = document.createElement('canvas');
  // Nothing of this is ever on the screen: it is over before the browser draws again.
  card.classList.add(TAKEN);
  try {
    take(card, canvas, ratio, caption);
  } finally {
    card.classList.remove(TAKEN);
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error(`the picture of ${canvas.width} × ${canvas.height} pixels could not be made; is there memory for it?`);
  return blob;
}

function take(card: HTMLElement, canvas: HTMLCanvasElement, ratio: number, caption: string): void {
  const context = canvas.getContext('2d')!;
  const font = `10px ${theme().font}`;
  context.font = font;
  const frame = card.getBoundingClientRect();
  const { paddingLeft, paddingRight } = getComputedStyle(card);
  const [left, right] = [parseFloat(paddingLeft), parseFloat(paddingRight)];
  const lines = wrapped(caption, frame.width - left - right, (text) => context.measureText(text).width);
  [canvas.width, canvas.height] = [
    Math.round((frame.width + 2 * MARGIN) * ratio),
    Math.round((frame.height + 2 * MARGIN + LINE * lines.length) * ratio),
  ];
  context.scale(ratio, ratio);
  context.fillStyle = theme().background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.font = font;
  context.fillStyle = theme().dim;
  for (const [index, line] of lines.entries())
    context.fillText(line, MARGIN + left, canvas.height / ratio - MARGIN - LINE * (lines.length - 1 - index));
  context.translate(MARGIN - frame.left, MARGIN - frame.top);
  copy(card, context);
}

/** Draws `node` and what is in it where it stands on the page. */
function copy(node: Node, context: CanvasRenderingContext2D): void {
  if (node instanceof Text) {
    write(node, context);
    return;
  }
  if (!(node instanceof HTMLElement) || node.hidden) return;
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
