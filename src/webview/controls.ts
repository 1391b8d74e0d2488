/**
 * The controls. This is the one module that knows the webview UI toolkit: replacing it touches this file only. Every control has a name that
 * a screen reader says, works by keyboard, and takes the theme's colours.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { tokenMappings } from '@vscode/webview-ui-toolkit/dist/utilities/design-tokens/create.js';
import { element, icon, setText, show } from './dom';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeDropdown(), vsCodeOption(), vsCodeTextField());

/**
 * Takes over the theme's colours now. The toolkit does so itself, but only once every file of the page is there, the icons' font among them; until then
 * it has those of a dark theme, and a panel in a light one begins with black fields and pale words.
 */
function wearTheme(): void {
  const style = getComputedStyle(document.body);
  for (const [variable, token] of tokenMappings) {
    const value = style.getPropertyValue(variable).trim();
    if (value !== '') token.setValueFor(document.body, value);
  }
}
wearTheme();

export interface Control {
  readonly element: HTMLElement;
  enable(enabled: boolean): void;
  /** Gives the control another meaning. @param iconName a codicon's name, where the control shows one */
  say(label: string, iconName?: string): void;
}

/** A button that is in or out. */
export interface Toggle extends Control {
  readonly pressed: boolean;
  /** Shows it so, without telling anybody. */
  press(pressed: boolean): void;
}

/** A control that holds a value. `changed` is told what a person enters, never what `set` puts there. */
export interface Field<Value> {
  readonly element: HTMLElement;
  readonly value: Value;
  set(value: Value): void;
  enable(enabled: boolean): void;
  /** Says at the field what is wrong with its value; null where nothing is. */
  complain(problem: string | null): void;
  focus(): void;
}

export interface FieldOptions {
  /** `hidden`: only a screen reader says it. */
  readonly label?: 'above' | 'beside' | 'hidden';
  /** Shown while the pointer rests on it. */
  readonly tooltip?: string;
}

/** What the toolkit's elements share. */
type ToolkitElement = HTMLElement & { disabled: boolean };

/** What every button does: one action at a time, so that a double click does not ask twice. */
function button(appearance: 'icon' | 'primary' | 'secondary', act: () => Promise<void>): ToolkitElement {
  const made = Object.assign(document.createElement('vscode-button'), { disabled: false, appearance });
  let busy = false;
  made.addEventListener('click', () => {
    if (busy || made.disabled) return;
    busy = true;
    void act().finally(() => (busy = false));
  });
  return made;
}

const enabling = (target: ToolkitElement) => (enabled: boolean) => {
  if (target.disabled === enabled) target.disabled = !enabled;
};

/** A button that shows only a codicon; its label is its tooltip and what a screen reader says. */
export function iconButton(name: string, label: string, act: () => Promise<void>): Control {
  const made = button('icon', act);
  const glyph = icon(name);
  made.append(glyph);
  const control: Control = {
    element: made,
    enable: enabling(made),
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
  return { element: made, enable: enabling(made), say: (text) => setText(words, text) };
}

/**
 * A button that stays in when pressed. @param face a codicon's name, or words: `{ words: 'log' }`
 * @param label its tooltip, and what a screen reader says. @param toggled told after a person pressed it
 */
export function toggleButton(
  face: string | { readonly words: string },
  label: string,
  pressed: boolean,
  toggled: (pressed: boolean) => void,
): Toggle {
  let state = pressed;
  // the toolkit's button cannot be pressed in: its element has no role that may say so
  const glyph = typeof face === 'string' ? icon(face) : element('span', { class: 'words' }, face.words);
  const made = element('button', { class: 'toggle', type: 'button' }, glyph);
  const display = (wanted: boolean): void => {
    state = wanted;
    made.setAttribute('aria-pressed', String(wanted));
  };
  made.addEventListener('click', () => {
    display(!state);
    toggled(state);
  });
  const say = (text: string, iconName?: string): void => {
    // its name holds the word that is seen, for whoever speaks to the machine
    const words = typeof face === 'string' || text.toLowerCase().includes(face.words.toLowerCase()) ? '' : `${face.words}: `;
    if (made.title !== text) {
      made.title = text;
      made.setAttribute('aria-label', words + text);
    }
    if (iconName !== undefined && typeof face === 'string') glyph.className = `codicon codicon-${iconName}`;
  };
  say(label);
  display(pressed);
  return {
    element: made,
    enable: enabling(made),
    say,
    get pressed() {
      return state;
    },
    press(wanted) {
      if (wanted !== state) display(wanted);
    },
  };
}

/** A field with its label and the place for what is wrong with it. */
function framed<Value>(
  control: ToolkitElement,
  label: string,
  { label: place = 'above', tooltip }: FieldOptions,
  access: { get(): Value; set(value: Value): void },
): Field<Value> {
  const problem = element('span', { class: 'fieldProblem', role: 'alert', hidden: true });
  // The control has its name itself: the label is for the eye, and for the pointer.
  const words = element('span', { class: 'fieldLabel', 'aria-hidden': 'true' }, label);
  words.addEventListener('click', () => control.focus());
  const frame = element('div', { class: `field ${place}` }, ...(place === 'hidden' ? [] : [words]), control, problem);
  if (tooltip !== undefined) frame.title = tooltip;
  return {
    element: frame,
    get value() {
      return access.get();
    },
    set: (value) => access.set(value),
    enable: enabling(control),
    complain(text) {
      show(problem, text !== null);
      setText(problem, text ?? '');
      if (text === null) control.removeAttribute('aria-invalid');
      else control.setAttribute('aria-invalid', 'true');
    },
    focus: () => control.focus(),
  };
}

/** One of a dropdown's choices. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** A field that can be given other choices. */
export interface Dropdown extends Field<string> {
  offer(choices: readonly Choice[], value: string): void;
}

/** One of several: `value` is the chosen one's. */
export function dropdown(
  label: string,
  choices: readonly Choice[],
  value: string,
  changed: (value: string) => void,
  options: FieldOptions = {},
): Dropdown {
  const made = Object.assign(document.createElement('vscode-dropdown'), { disabled: false, value: '' });
  made.setAttribute('aria-label', label);
  let chosen = value;
  const offer = (offered: readonly Choice[], wanted: string): void => {
    chosen = wanted;
    made.replaceChildren(
      ...offered.map(({ value, label: text }) => element('vscode-option' as 'option', { value, selected: value === wanted }, text)),
    );
    // the toolkit takes new options over a moment later, and stays at the place of the old choice
    requestAnimationFrame(() => {
      if (chosen === wanted && made.value !== wanted) made.value = wanted;
    });
  };
  offer(choices, value);
  made.addEventListener('change', () => {
    if (made.value === chosen) return;
    chosen = made.value;
    changed(chosen);
  });
  const field = framed<string>(made, label, options, {
    get: () => chosen,
    set(wanted) {
      chosen = wanted;
      made.value = wanted;
    },
  });
  return Object.assign(field, { offer });
}

/** What a text field takes besides. */
export interface TextFieldOptions extends FieldOptions {
  readonly placeholder?: string;
  /** Told at every key, before the value is entered. */
  readonly typing?: (value: string) => void;
}

function input(label: string, placeholder = ''): ToolkitElement & { value: string } {
  const made = Object.assign(document.createElement('vscode-text-field'), { disabled: false, value: '', placeholder, spellcheck: false });
  made.append(label); // its name for a screen reader; `framed` shows it, or not
  return made;
}

/** A line of text; `changed` is told when it is entered, by Enter or by leaving the field. Escape takes back what was typed. */
export function textField(
  label: string,
  value: string,
  changed: (value: string) => void,
  { placeholder, typing, ...options }: TextFieldOptions = {},
): Field<string> {
  const made = input(label, placeholder);
  made.value = value;
  let entered = value;
  made.addEventListener('change', () => {
    if (made.value === entered) return;
    entered = made.value;
    changed(entered);
  });
  made.addEventListener('input', () => typing?.(made.value));
  made.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || made.value === entered) return;
    made.value = entered;
    typing?.(entered);
  });
  return framed<string>(made, label, options, {
    get: () => made.value,
    set: (wanted) => (made.value = entered = wanted),
  });
}

/** What a number field takes besides. */
export interface NumberFieldOptions extends FieldOptions {
  /** What the arrow keys make of the number; without it they do nothing. @param direction 1 up, −1 down */
  readonly nudge?: (value: number, direction: 1 | -1) => number;
}

/** A number, written as one likes: `0.001`, `1e-3`. What is no number is told at the field, and `changed` is not. */
export function numberField(
  label: string,
  value: number,
  changed: (value: number) => void,
  { nudge, ...options }: NumberFieldOptions = {},
): Field<number> {
  let entered = value;
  const field = textField(label, String(value), take, options);
  function take(text: string): void {
    const read = text.trim() === '' ? NaN : Number(text.trim().replace('−', '-'));
    if (Number.isNaN(read)) return field.complain(`“${text}” is not a number, such as 0.001 or 1e-3.`);
    field.complain(null);
    if (read === entered) return;
    entered = read;
    changed(read);
  }
  field.element.addEventListener('keydown', (event) => {
    if (!nudge || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    const next = nudge(entered, event.key === 'ArrowUp' ? 1 : -1);
    field.set(String(next));
    take(String(next));
  });
  return {
    ...field,
    get value() {
      return entered;
    },
    set(wanted) {
      entered = wanted;
      field.set(String(wanted));
      field.complain(null);
    },
  };
}

/** Yes or no, with its label beside it. */
export function checkbox(
  label: string,
  checked: boolean,
  changed: (checked: boolean) => void,
  options: Omit<FieldOptions, 'label'> = {},
): Field<boolean> {
  const made = Object.assign(document.createElement('vscode-checkbox'), { disabled: false, checked });
  made.append(label);
  let state = checked;
  made.addEventListener('change', () => {
    if (made.checked === state) return;
    state = made.checked;
    changed(state);
  });
  return framed<boolean>(
    made,
    label,
    { ...options, label: 'hidden' },
    { get: () => state, set: (wanted) => (made.checked = state = wanted) },
  );
}

/** Views of which one is shown, side by side: arrow keys move among them. @param changed told the chosen one's value */
export function tabs(label: string, choices: readonly Choice[], value: string, changed: (value: string) => void): Field<string> {
  let chosen = value;
  const made = choices.map((choice) => {
    const tab = element('button', { class: 'tab', role: 'tab', type: 'button', 'data-tab': choice.value }, choice.label);
    tab.addEventListener('click', () => choose(choice.value));
    return tab;
  });
  const list = element('div', { class: 'tabs', role: 'tablist', 'aria-label': label }, ...made);
  const frame = framed<string>(Object.assign(list, { disabled: false }), label, { label: 'hidden' }, { get: () => chosen, set: display });
  function display(wanted: string): void {
    chosen = wanted;
    made.forEach((tab, index) => {
      const selected = choices[index].value === wanted;
      tab.setAttribute('aria-selected', String(selected));
      tab.tabIndex = selected ? 0 : -1;
    });
  }
  function choose(wanted: string): void {
    if (wanted === chosen) return;
    display(wanted);
    changed(wanted);
  }
  list.addEventListener('keydown', ({ key }) => {
    const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const next = (choices.findIndex((choice) => choice.value === chosen) + step + choices.length) % choices.length;
    made[next].focus();
    choose(choices[next].value);
  });
  display(value);
  return {
    ...frame,
    get value() {
      return chosen;
    },
    enable: (enabled) => made.forEach((tab) => (tab.disabled = !enabled)),
    focus: () => made.find((tab) => tab.tabIndex === 0)?.focus(),
  };
}
