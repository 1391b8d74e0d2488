/**
 * The editor's colours and font, as a canvas needs them: resolved to plain colours. Read anew whenever the editor changes its theme,
 * which it tells by the class of `body` and the variables on the root element.
 */
import { legible, luminance, type Channels } from './charts/contrast';

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

const reader = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;

/** Any CSS colour as channels, 0 … 255, alpha 0 … 1. */
export function channels(colour: string): Channels {
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

/** The colours of lines where the theme has none that can be seen, on a dark and on a light background. */
const OWN = {
  dark: { blue: '#3794ff', orange: '#d18616', green: '#89d185', purple: '#b180d7', red: '#f14c4c' },
  light: { blue: '#1a85ff', orange: '#b8600b', green: '#388a34', purple: '#652d90', red: '#e51400' },
} as const;

/** Whether a background is to be drawn upon with light or with dark colours. */
export const contrastOf = (background: string): 'dark' | 'light' => (luminance(channels(background)) < 0.2 ? 'dark' : 'light');

/** The colours of lines, as the styles know them too: `--blue` and so on. */
export const LINE_COLOURS = ['blue', 'orange', 'green', 'purple', 'red'] as const;

function read(): Theme {
  const style = getComputedStyle(document.body);
  const variable = (name: string, fallback: string): string => style.getPropertyValue(`--vscode-${name}`).trim() || fallback;
  const foreground = variable('foreground', '#808080');
  const background = variable('editor-background', '#808080');
  const surface = channels(background);
  const own = OWN[luminance(surface) < 0.2 ? 'dark' : 'light'];
  const line = (name: keyof typeof own): string => {
    const colour = variable(`charts-${name}`, own[name]);
    return legible(channels(colour), surface) ? colour : own[name];
  };
  return {
    foreground,
    background,
    dim: variable('descriptionForeground', foreground),
    grid: fade(foreground, document.body.className.includes('high-contrast') ? 0.3 : 0.11),
    tooltipBackground: variable('editorHoverWidget-background', background),
    tooltipForeground: variable('editorHoverWidget-foreground', foreground),
    tooltipBorder: variable('editorHoverWidget-border', foreground),
    blue: line('blue'),
    orange: line('orange'),
    green: line('green'),
    purple: line('purple'),
    red: line('red'),
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
