/**
 * The user's own rules in the real editor: what the providers answer, that a faulty text never trains, that "Train with…" finds what is saved, and that a
 * paused run goes on with what is saved.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { findRule } from '../../src/engine/optimizers';
import type { RecordEvent } from '../../src/engine/run/record';
import type { RunSpecification } from '../../src/engine/run/specification';
import type { Api } from '../../src/extension';
import { column } from '../../src/shared/frame';
import { activate, until } from './extension';

const text = `# mine
optimizer mine "Mine"
parameter lr = 0.05 in (0, inf) as "η" "how far"
parameter mu = 0.5 in [0, 1) "how long it remembers"
parameter form = "fast" in {"fast", "slow"} "which form"
state m
m = mu*m + g
rate = if form == "fast" then lr else lr/2
w = w - rate*m
`;
const folder = mkdtempSync(join(tmpdir(), 'optimizer-debugger-rules-'));
let files = 0;

/** Opens a new file with this rule. */
async function rule(content = text): Promise<vscode.TextDocument> {
  const path = join(folder, `mine${++files}.optim`);
  writeFileSync(path, content);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}

/** Where the nth `found` stands. */
function at(document: vscode.TextDocument, found: string, offset = 0): vscode.Position {
  const place = document.getText().indexOf(found);
  assert.ok(place >= 0, found);
  return document.positionAt(place + offset);
}

async function replaceText(document: vscode.TextDocument, from: string, to: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(at(document, from), at(document, from, from.length)), to);
  await vscode.workspace.applyEdit(edit);
}

const faults = (document: vscode.TextDocument): string[] =>
  vscode.languages.getDiagnostics(document.uri).map(({ range, message }) => `${document.getText(range)}: ${message}`);
const execute = <T>(command: string, ...args: unknown[]): Thenable<T> => vscode.commands.executeCommand<T>(command, ...args);

describe('rules', () => {
  let api: Api;
  before(async () => {
    api = await activate();
  });
  afterEach(async () => {
    if (api.runs.current?.active) await api.runs.stop();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('faults come while typing, go when mended and when the file is closed', async () => {
    const document = await rule();
    assert.equal(document.languageId, 'optim');
    assert.deepEqual(faults(document), []);
    await replaceText(document, 'mu*m', 'mux*m');
    await until('a fault', () => faults(document).length > 0);
    assert.match(faults(document)[0], /^mux: There is no `mux`.*`mu`/);
    await replaceText(document, 'mux*m', 'mu*m');
    await until('no fault', () => faults(document).length === 0);
    await replaceText(document, 'rate*m', 'rate*');
    await until('a fault', () => faults(document).length > 0);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await until('none after closing', () => vscode.languages.getDiagnostics(document.uri).length === 0);
  });

  it('hovers, completion, outline, definition, rename and layout are there', async () => {
    const document = await rule();
    const hovers = await execute<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, at(document, 'lr/2'));
    const said = hovers.flatMap(({ contents }) => contents.map((content) => (content as vscode.MarkdownString).value)).join('\n');
    assert.match(said, /\*\*η\*\* — hyperparameter `lr`[\s\S]*how far[\s\S]*default `0.05`/);

    const inQuotes = await execute<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, at(document, '== "', 4));
    assert.deepEqual(
      inQuotes.items.map(({ label }) => label),
      ['fast', 'slow'],
    );
    const anywhere = await execute<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, at(document, 'mu*m'));
    const labels = anywhere.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    for (const name of ['mu', 'm', 'g', 'norm(x)', 'hessian(v)']) assert.ok(labels.includes(name), name);

    const outline = await execute<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', document.uri);
    assert.deepEqual(
      outline.map(({ name }) => name),
      ['mine', 'lr', 'mu', 'form', 'm', 'm', 'rate', 'w'],
    );
    const [place] = await execute<vscode.Location[]>('vscode.executeDefinitionProvider', document.uri, at(document, 'mu*m'));
    assert.equal(document.getText(place.range), 'mu');
    assert.equal(place.range.start.line, 3);

    await vscode.workspace.applyEdit(
      await execute<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', document.uri, at(document, 'mu*m'), 'decay'),
    );
    assert.match(document.getText(), /parameter decay = 0.5[\s\S]*m = decay\*m \+ g/);
    const edits = await execute<vscode.TextEdit[]>('vscode.executeFormatDocumentProvider', document.uri, {
      tabSize: 2,
      insertSpaces: true,
    });
    const layout = new vscode.WorkspaceEdit();
    layout.set(document.uri, edits);
    await vscode.workspace.applyEdit(layout);
    assert.match(document.getText(), /parameter lr    = 0.05   in \(0, inf\) as "η" "how far"\nparameter decay = 0.5    in \[0, 1\)/);
  });

  it('a lens trains the rule; a faulty one is shown and never trained', async () => {
    const document = await rule();
    const lenses = async (): Promise<string[]> =>
      (await execute<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri)).map(({ command }) => command?.title ?? '');
    assert.deepEqual(await lenses(), ['▶ Train with this rule']);
    await replaceText(document, 'mu*m', 'mux*m');
    assert.deepEqual(await lenses(), ['✗ Not yet a rule: see line 7']);
    const before = api.runs.current?.id;
    await vscode.commands.executeCommand('optimizerDebugger.trainRule', document.uri);
    assert.equal(api.runs.current?.id, before);
    assert.equal(vscode.window.activeTextEditor?.document.getText(vscode.window.activeTextEditor.selection), 'mux');
    assert.ok(document.isDirty, 'it was not saved either');
  });

  it('"Train with this rule": what is typed is saved, and that file is trained', async () => {
    const document = await rule();
    await replaceText(document, '0.05', '0.03');
    const before = api.runs.current?.id;
    const finished = vscode.commands.executeCommand('optimizerDebugger.trainRule', document.uri);
    for (let tries = 0; tries < 60 && api.runs.current?.id === before; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    }
    await finished;
    const start = await until('the run to start', () => api.runs.current?.start ?? undefined);
    assert.equal(start.title, 'Mine');
    assert.equal(start.spec.optimizer.file, `mine${files}.optim`);
    assert.equal(start.spec.optimizer.lr, 0.03);
    assert.equal(start.rule, readFileSync(document.uri.fsPath, 'utf8'));
    assert.deepEqual(api.runs.current?.request.spec.optimizer, { file: `mine${files}.optim` }, 'defaults are the text’s own');
  });

  it('a built-in rule opens read-only, word for word, and can be copied', async () => {
    await vscode.commands.executeCommand('optimizerDebugger.openBuiltInRule', 'adam');
    const shown = vscode.window.activeTextEditor?.document;
    const adam = findRule('adam');
    assert.ok(shown && adam?.kind === 'text');
    assert.equal(shown.getText(), adam.text);
    assert.equal(shown.languageId, 'optim');
    assert.notEqual(vscode.workspace.fs.isWritableFileSystem(shown.uri.scheme), true);
    await vscode.commands.executeCommand('optimizerDebugger.newRuleFrom', shown.uri);
    const copy = vscode.window.activeTextEditor?.document;
    assert.ok(copy?.isUntitled && copy.languageId === 'optim');
    assert.equal(copy.getText().replace('myAdam "My Adam"', 'adam "Adam"'), adam.text);
    assert.deepEqual(faults(copy), []);
  });

  describe('saved while a run has it', () => {
    const spec = (file: string): RunSpecification => ({
      problem: { network: { layers: [{ dense: 8, activation: 'tanh' }, { dense: 3 }] }, data: { generator: 'spiral', samples: 300 } },
      optimizer: { file },
      steps: 5_000_000,
    });
    const start = async (): Promise<vscode.TextDocument> => {
      const document = await rule();
      await api.runs.start({ spec: spec(`mine${files}.optim`), folder, origin: null });
      await until('some steps', () => (api.runs.current?.history?.last(column.step) ?? 0) > 20);
      return document;
    };
    const pause = async (): Promise<number> => {
      await vscode.commands.executeCommand('optimizerDebugger.pause');
      await until('the run to stand still', () => api.runs.current?.state === 'paused');
      await new Promise((resolve) => setTimeout(resolve, 200));
      return api.runs.current?.history?.last(column.step) ?? 0;
    };
    const change = async (document: vscode.TextDocument, from: string, to: string): Promise<void> => {
      await replaceText(document, from, to);
      await until('the file to be saved', () => document.save()); // a busy editor may refuse once
    };
    const now = (document: vscode.TextDocument): boolean => api.runs.current?.textOf(`mine${files}.optim`) === document.getText();
    const lrOf = async (): Promise<number | undefined> => {
      await vscode.commands.executeCommand('optimizerDebugger.step');
      return until('a step', () => api.runs.current?.history?.last(column.lr));
    };
    const recorded = (): RecordEvent[] =>
      readFileSync(api.runs.current?.recordFile ?? '', 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as RecordEvent);

    it('a paused run takes the text from its next step on, and its record says so', async () => {
      const document = await start();
      const stood = await pause();
      await change(document, '= 0.05', '= 0.01');
      await until('the run to have the text', () => now(document));
      await until('the new rate', async () => (await lrOf()) === 0.01);
      await api.runs.stop();
      const event = recorded().find(({ type }) => type === 'rule');
      assert.ok(event?.type === 'rule');
      assert.deepEqual([event.step, event.text, event.kept], [stood, document.getText(), ['m']]);
    });

    it('a faulty text leaves the run as it is', async () => {
      const document = await start();
      await pause();
      const before = document.getText();
      await change(document, 'mu*m', 'mu*');
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(api.runs.current?.textOf(`mine${files}.optim`), before);
      assert.equal(await lrOf(), 0.05);
    });

    it('a run that goes on takes it when it is next paused', async () => {
      const document = await start();
      await change(document, '= 0.05', '= 0.02');
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.ok(!now(document), 'not while it runs');
      assert.equal(api.runs.current?.state, 'running');
      await pause();
      await until('the run to have the text', () => now(document));
      await until('the new rate', async () => (await lrOf()) === 0.02);
    });
  });
});
