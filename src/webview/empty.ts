/** What a panel shows before the first run: what to do, and the button that does it. */
import { textButton } from './controls';
import { element } from './dom';

/** @param lesson one sentence; what stands between backticks is shown as code */
export function emptyState(lesson: string, trainWith: () => Promise<void>): HTMLElement {
  const words = lesson.split('`').map((part, index) => (index % 2 === 1 ? element('code', {}, part) : part));
  return element(
    'section',
    { class: 'empty' },
    element('p', { class: 'headline' }, 'No run yet'),
    element('p', {}, ...words),
    textButton('Train with…', trainWith).element,
  );
}
