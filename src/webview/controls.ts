/**
 * The controls. This is the one module that knows the webview UI toolkit: replacing it touches this file only.
 */
import { provideVSCodeDesignSystem, vsCodeButton } from '@vscode/webview-ui-toolkit';
import { element, icon, setText } from './dom';

provideVSCodeDesignSystem().register(vsCodeButton());

export interface Control {
  readonly element: HTMLElement;
  enable(enabled: boolean): void;
  /** Gives the control another meaning. @param iconName a codicon's name, where the control shows one */
  say(label: string, iconName?: string): void;
}

/** What every button does: one action at a time, so that a double click does not ask twice. */
function button(appearance: 'icon' | 'primary' | 'secondary', act: () => Promise<void>): HTMLElement & { disabled: boolean } {
  const made = Object.assign(document.createElement('vscode-button'), { disabled: false, appearance });
  let busy = false;
  made.addEventListener('click', () => {
    if (busy || made.disabled) return;
    busy = true;
    void act().finally(() => (busy = false));
  });
  return made;
}

/** A button that shows only a codicon; its label is its tooltip and what a screen reader says. */
export function iconButton(name: string, label: string, act: () => Promise<void>): Control {
  const made = button('icon', act);
  const glyph = icon(name);
  made.append(glyph);
  const control: Control = {
    element: made,
    enable: (enabled) => {
      if (made.disabled === enabled) made.disabled = !enabled;
    },
    say(text, iconName = name) {
      if (made.title !== text) {
        made.title = text;
        made.setAttribute('aria-label', text);
      }
      const wanted = `codicon codicon-${iconName}`;
      if (glyph.className !== wanted) glyph.className = wanted;
    },
  };
  control.say(label);
  return control;
}

/** A button with words. */
export function textButton(label: string, act: () => Promise<void>, appearance: 'primary' | 'secondary' = 'primary'): Control {
  const made = button(appearance, act);
  const words = element('span', { class: 'words' }, label);
  made.append(words);
  return {
    element: made,
    enable: (enabled) => {
      if (made.disabled === enabled) made.disabled = !enabled;
    },
    say: (text) => setText(words, text),
  };
}
