/**
 * The editor's colours and font, as a canvas needs them: resolved to plain colours. Read anew whenever the editor changes its theme,
 * which it tells by the class of `body` and the variables on the root element.
 */

export interface Theme {
  readonly foreground: string;
  /** For what is said beside: labels, units. */
  readonly dim: string;
  readonly grid: string;
  readonly background: string;
  readonly tooltipBackground: string;
  readonly tooltipForeground: string;
  readonly tooltipBorder: string;
  readonly blue: string;
  readonly orange: string;
  readonly green: string;
  readonly purple: string;
  readonly red: string;
  readonly font: string;
}

type Channels = readonly [red: number, green: number, blue: number, alpha: number];

const reader = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;

/** Any CSS colour as channels, 0 … 255, alpha 0 … 1. */
function channels(colour: string): Channels {
  reader.clearRect(0, 0, 1, 1);
  reader.fillStyle = '#000';
  reader.fillStyle = colour;
  reader.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = reader.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, alpha / 255];
}

const known = new Map<string, Channels>();

/** `colour` with `alpha` of its own opacity. */
export function fade(colour: string, alpha: number): string {
  const [red, green, blue, own] = known.get(colour) ?? channels(colour);
  known.set(colour, [red, green, blue, own]);
  return `rgba(${red}, ${green}, ${blue}, ${(own * alpha).toFixed(3)})`;
}

function read(): Theme {
  const style = getComputedStyle(document.body);
  const variable = (name: string, fallback: string): string => style.getPropertyValue(`--vscode-${name}`).trim() || fallback;
  const foreground = variable('foreground', '#808080');
  const background = variable('editor-background', '#808080');
  return {
    foreground,
    background,
    dim: variable('descriptionForeground', foreground),
    grid: fade(foreground, document.body.className.includes('high-contrast') ? 0.3 : 0.11),
    tooltipBackground: variable('editorHoverWidget-background', background),
    tooltipForeground: variable('editorHoverWidget-foreground', foreground),
    tooltipBorder: variable('editorHoverWidget-border', foreground),
    blue: variable('charts-blue', '#3794ff'),
    orange: variable('charts-orange', '#d18616'),
    green: variable('charts-green', '#89d185'),
    purple: variable('charts-purple', '#b180d7'),
    red: variable('charts-red', '#f14c4c'),
    font: variable('font-family', 'sans-serif'),
  };
}

let current: Theme | undefined;
const listeners: (() => void)[] = [];

/** The theme of this moment. */
export function theme(): Theme {
  return (current ??= read());
}

/** Calls `listener` whenever the editor's theme has changed. */
export function onThemeChange(listener: () => void): void {
  if (listeners.length === 0) {
    const observer = new MutationObserver(() => {
      current = undefined;
      for (const tell of listeners) tell();
    });
    observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'style', 'data-vscode-theme-id'] });
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['class', 'style'] });
  }
  listeners.push(listener);
}
