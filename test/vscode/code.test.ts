/** Beside the code: CodeLenses on the right lines, hovers on arguments and constructors, and half-typed programs that disturb nothing. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { trainingScript } from '../engine/source/sample';
import { activate, python } from './extension';

const lensesOf = async (document: vscode.TextDocument): Promise<vscode.CodeLens[]> => {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 50);
  return lenses.filter(({ command }) => command?.command.startsWith('optimizerDebugger.'));
};

/** The text of our hover over `piece`, `into` characters from its start. */
async function hover(document: vscode.TextDocument, piece: string, into = 0): Promise<string> {
  const at = document.getText().indexOf(piece);
  assert.ok(at >= 0, piece);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    document.positionAt(at + into),
  );
  return hovers.flatMap(({ contents }) => contents.map((content) => (typeof content === 'string' ? content : content.value))).join('\n');
}

describe('CodeLenses', () => {
  before(activate);

  it('stand over every constructor that has a rule, with its learning rate', async () => {
    const document = await python(trainingScript);
    const shown = (await lensesOf(document)).map(({ range, command }) => [
      document.lineAt(range.start.line).text.trim().split('(')[0],
      command?.title,
    ]);
    assert.deepEqual(shown, [
      ['self.optimizer = SGD', '▶ Train with SGD (lr lr)'],
      ['adam = torch.optim.Adam', '▶ Train with Adam (lr 0.001)'],
      ['decoupled = W', '▶ Train with AdamW (lr 0.00015)'],
      ['rms = optim.RMSprop', '▶ Train with RMSprop (lr args.lr)'],
      ['grad = optim.Adagrad', '▶ Train with Adagrad (lr {"lr": 0.5})'],
      ['delta = optim.Adadelta', '▶ Train with Adadelta (lr 1)'],
    ]);
  });
  it('follow every edit', async () => {
    const document = await python('import torch\nopt = torch.optim.Adam(p, lr=1e-3)\n');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(1, 0), '\n\n');
    edit.replace(document.uri, new vscode.Range(1, 29, 1, 33), '0.25');
    await vscode.workspace.applyEdit(edit);
    const [lens] = await lensesOf(document);
    await document.save(); // so that nobody asks when it is closed
    assert.equal(lens.range.start.line, 3);
    assert.equal(lens.command?.title, '▶ Train with Adam (lr 0.25)');
  });
  it('can be switched off', async () => {
    const settings = vscode.workspace.getConfiguration('optimizerDebugger');
    await settings.update('codeLens.enabled', false, vscode.ConfigurationTarget.Global);
    try {
      assert.deepEqual(await lensesOf(await python(trainingScript)), []);
    } finally {
      await settings.update('codeLens.enabled', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});

describe('hovers', () => {
  const program =
    'import torch\nopt = torch.optim.Adam(model.parameters(), lr=3e-3, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)\nsgd = torch.optim.SGD(p, momentum=0.9)\n';
  before(activate);

  const expected: [string, number, RegExp[]][] = [
    ['lr=3e-3', 0, [/\*\*lr\*\* α/, /\*\*0\.003\*\* here/, /default 0\.001/, /\*\*α\*\*/, /command:optimizerDebugger\.trainWith/]],
    ['betas', 1, [/β₁/, /β₂/, /default 0\.9 /, /default 0\.999/]],
    ['0.99)', 1, [/β₂/, /\*\*0\.99\*\* here/]],
    ['eps=', 0, [/finite/, /1e−8/]],
    ['weight_decay', 3, [/pull towards zero/, /\*\*0\.1\*\* here/]],
    ['momentum', 2, [/\*\*μ\*\*/, /\*\*0\.9\*\* here/]],
    ['Adam', 1, [/Steps along a running average/, /v̂/, /\| eps \|/]],
  ];
  for (const [piece, into, patterns] of expected)
    it(`over ${piece}`, async () => {
      const said = await hover(await python(program), piece, into);
      for (const pattern of patterns) assert.match(said, pattern);
    });
  it('nothing of ours over other code', async () => {
    assert.doesNotMatch(await hover(await python(program), 'parameters', 1), /optimizerDebugger/);
  });
});

describe('half-typed Python', () => {
  it('never makes a provider fail, and what stands above keeps its lens', async () => {
    await activate();
    const whole = 'import torch\na = torch.optim.SGD(p, lr=0.1)\nb = torch.optim.Adam(p, lr=0.2, betas=(0.9, 0.99))\n';
    for (let end = whole.indexOf('b = '); end <= whole.length; end += 3) {
      const document = await vscode.workspace.openTextDocument({ language: 'python', content: whole.slice(0, end) });
      const [first] = await lensesOf(document);
      assert.equal(first?.command?.title, '▶ Train with SGD (lr 0.1)', whole.slice(0, end));
      await vscode.commands.executeCommand('vscode.executeHoverProvider', document.uri, document.positionAt(end - 1));
    }
  });
});
