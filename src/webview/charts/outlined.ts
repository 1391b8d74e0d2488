/** Text in a picture, with a rim in the colour of the background: it can be read on any shade and across any line. */
import { fade, theme } from '../theme';

/** CSS pixels that the rim and the stroke of a letter are wide together. */
const RIM = 3.5;

/** Writes in the font and alignment that are set. */
export function writeOutlined(
  context: CanvasRenderingContext2D,
  text: string,
  left: number,
  top: number,
  colour = theme().foreground,
): void {
  context.lineWidth = RIM;
  context.lineJoin = 'round';
  context.strokeStyle = fade(theme().background, 0.85);
  context.strokeText(text, left, top);
  context.fillStyle = colour;
  context.fillText(text, left, top);
}
