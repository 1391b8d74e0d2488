/** Where a network is to be trained, as "Train with…" asks it: beside the choice of the network, for whoever does not want the faster one. */
import { of, title } from '../optimizerStep';
import { pick, type Choice, type Left } from '../wizard';

/** A person wants to say where. */
export const elsewhere = Symbol('elsewhere');

/** What can be chosen; the float64 reference is for tests. */
export const wheres = ['auto', 'cpu', 'webgpu'] as const;
export type Where = (typeof wheres)[number];

const titles: Readonly<Record<Where, string>> = { auto: 'the faster one', cpu: 'the CPU', webgpu: 'WebGPU' };

/** The line of the list that leads here. @param where as chosen or set so far */
export const whereItem = (where: Where): Choice<typeof elsewhere> => ({
  label: `$(circuit-board) Train on ${titles[where]}…`,
  description: 'CPU or WebGPU',
  value: elsewhere,
});

/** Whether a person who types this looks for that line, and does not type a network. */
export const asksWhere = (where: Where, text: string): boolean => {
  const { label, description } = whereItem(where);
  return `${label} ${description}`.toLowerCase().includes(text.trim().toLowerCase());
};

/** @param where as chosen or set so far */
export function pickWhere(where: Where): Promise<Where | Left> {
  const items: readonly (Choice<Where> & { readonly value: Where })[] = [
    {
      label: '$(dashboard) The faster one',
      detail: 'Both are measured once for this network on this machine, and remembered.',
      value: 'auto',
    },
    { label: '$(chip) CPU', detail: 'In threads of its own.', value: 'cpu' },
    {
      label: '$(circuit-board) WebGPU',
      detail: 'On the graphics card, in a tab of its own that may stay in the background.',
      value: 'webgpu',
    },
  ];
  return pick<Where>({
    title: `${title} Where`,
    step: 3,
    of,
    canGoBack: true,
    placeholder: 'Where is it to be trained?',
    items: items.map((item) => ({ ...item, ...(item.value === where && { description: 'as it is' }) })),
  });
}
