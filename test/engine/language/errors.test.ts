/** Every fault in a rule or a function is told with its place, what was found, and what to do. */
import assert from 'node:assert/strict';
import { LanguageError, readFunction, readRule } from '../../../src/engine/language/index';

/** A rule in order but for its line 8. */
const inOrder = (line: string): string =>
  `optimizer demo "Demo"
parameter lr = 0.1 in (0, inf) "learning rate"
parameter beta1 = 0.9 in [0, 1) also b1
parameter form = "torch" in {"torch", "paper"}
state m
m = beta1*m + g
scale = if form == "torch" then 1 else 2
${line}
rate = lr
w = w - rate*scale*m
`;

interface Fault {
  readonly text: string;
  readonly line: number;
  readonly column: number;
  readonly problem: RegExp;
}

const rules: readonly Fault[] = [
  { text: '', line: 1, column: 1, problem: /empty; a rule begins with `optimizer/ },
  { text: 'parameter lr = 1', line: 1, column: 1, problem: /Found `parameter`; a rule begins with `optimizer name "Title"`/ },
  { text: 'optimizer', line: 1, column: 10, problem: /Found the end of the text; the name of an optimizer is expected/ },
  { text: 'optimizer if', line: 1, column: 11, problem: /`if` is a word of the language/ },
  { text: 'optimizer a "A" b', line: 1, column: 17, problem: /Found `b` after the name of the optimizer; the end of the line/ },
  { text: 'optimizer a\noptimizer b', line: 2, column: 1, problem: /one `optimizer` line/ },
  { text: 'optimizer a\nsummary 3', line: 2, column: 9, problem: /Found `3`; a text in double quotes is expected/ },
  { text: 'optimizer a\nsource "x"\nsource "y"', line: 3, column: 1, problem: /one `source`/ },
  { text: 'optimizer a\nparamter lr = 1', line: 2, column: 1, problem: /`paramter` begins no declaration\. Did you mean `parameter`\?/ },
  { text: 'optimizer a\nparameter lr 1', line: 2, column: 14, problem: /Found `1`; `=` is expected and a default after `lr`/ },
  { text: 'optimizer a\nparameter lr = x', line: 2, column: 16, problem: /a default .* is expected/ },
  { text: 'optimizer a\nparameter lr = 1 in 3', line: 2, column: 21, problem: /Found `3`; a domain is an interval/ },
  { text: 'optimizer a\nparameter lr = 1 in (0, 1', line: 2, column: 26, problem: /Found the end of the text; `\)` is expected/ },
  { text: 'optimizer a\nparameter lr = 1 in (2, 1)', line: 2, column: 21, problem: /domain is empty: it begins at 2 and ends at 1/ },
  {
    text: 'optimizer a\nparameter lr = 0 in (0, 1)',
    line: 2,
    column: 11,
    problem: /default of `lr` is 0; a number in \(0, 1\) is expected/,
  },
  { text: 'optimizer a\nparameter lr = "x"', line: 2, column: 11, problem: /`lr` is a choice; say of what/ },
  { text: 'optimizer a\nparameter lr = true in [0, 1]', line: 2, column: 11, problem: /true or false and takes no domain/ },
  { text: 'optimizer a\nparameter lr = 1\nparameter lr = 2', line: 3, column: 11, problem: /`lr` is declared twice/ },
  { text: 'optimizer a\nparameter lr = 1\nparameter w = 2', line: 3, column: 11, problem: /`w` is part of every rule/ },
  { text: 'optimizer a\nparameter lr = 1\nparameter e = 2', line: 3, column: 11, problem: /`e` is a constant/ },
  { text: 'optimizer a\nparameter lr = 1\nparameter name = 2', line: 3, column: 11, problem: /how a specification calls the optimizer/ },
  { text: 'optimizer a\nparameter eta = 1', line: 1, column: 1, problem: /no learning rate; declare it/ },
  {
    text: 'optimizer a\nparameter lr = 1\nstate sqrt',
    line: 3,
    column: 7,
    problem: /`sqrt` is a function and cannot be the name of a state/,
  },
  { text: 'optimizer a\nparameter lr = 1\nstate m = g', line: 3, column: 11, problem: /starts as is settled before the first step/ },
  { text: 'optimizer a\nparameter lr = 1\nstate m = lr', line: 3, column: 11, problem: /cannot use `lr`, which a schedule may change/ },
  {
    text: 'optimizer a\nparameter lr = 1\nrequire lr "x"',
    line: 3,
    column: 9,
    problem: /A requirement is settled before the first step and cannot use `lr`/,
  },
  {
    text: 'optimizer a\nparameter lr = 1\nw = w - lr*sign(g)/2^norm(g)',
    line: 3,
    column: 1,
    problem: /effective learning rate does not follow/,
  },
  { text: 'optimizer a\nparameter lr = 1\nrate = lr', line: 3, column: 1, problem: /never changes the weights/ },
  { text: 'optimizer a\nparameter lr = 1\nparameter c = 1\nrate = lr\nw = w - rate*g', line: 3, column: 11, problem: /`c` is never used/ },
  { text: 'optimizer a\nparameter lr = 1\nstate c\nrate = lr\nw = w - rate*g', line: 3, column: 7, problem: /state `c` is never assigned/ },
  {
    text: 'optimizer a\nparameter lr = 1\nstate c\nc = g\nrate = lr\nw = w - rate*g',
    line: 3,
    column: 7,
    problem: /state `c` is never used/,
  },
  {
    text: `optimizer a\nparameter lr = 1\nstate ${Array.from({ length: 65 }, (_, i) => `s${i}`).join(', ')}`,
    line: 3,
    column: 7,
    problem: /at most 64 states/,
  },
  { text: inOrder('lr = 3'), line: 8, column: 1, problem: /`lr` is a hyperparameter and stays as it is/ },
  { text: inOrder('t = 3'), line: 8, column: 1, problem: /`t` is given and stays as it is/ },
  { text: inOrder('x = gradeint + g'), line: 8, column: 5, problem: /There is no `gradeint`\. Did you mean `gradient`\?/ },
  { text: inOrder('x = beta2*g'), line: 8, column: 5, problem: /There is no `beta2`\. Did you mean `beta1`\?/ },
  { text: inOrder('x = b1*g'), line: 8, column: 5, problem: /`b1` is another name for `beta1`, for specifications/ },
  { text: inOrder('x = rate*g'), line: 8, column: 5, problem: /`rate` is used before it is computed, on line 9/ },
  { text: inOrder('x = g'), line: 8, column: 1, problem: /`x` is computed and never used/ },
  { text: inOrder('x = sqrt'), line: 8, column: 5, problem: /`sqrt` is a function; `sqrt\(…\)` is expected/ },
  { text: inOrder('x = sqr(g)'), line: 8, column: 5, problem: /no function `sqr`\. Did you mean `sqrt`\?/ },
  { text: inOrder('x = m(g)'), line: 8, column: 5, problem: /no function `m`.*A product with a bracket is written `m\*\(…\)`/ },
  { text: inOrder('x = sqrt(g, g)'), line: 8, column: 5, problem: /`sqrt` takes one value; found 2/ },
  { text: inOrder('x = max(g, g, g)'), line: 8, column: 5, problem: /`max` takes 1 or 2 values; found 3/ },
  {
    text: inOrder('x = g @ g'),
    line: 8,
    column: 5,
    problem: /`matmul`: \[rows, columns\] @ \[rows, columns\]: the columns of the left must be the rows of the right/,
  },
  {
    text: inOrder('x = rowMean(g) + columnMean(g) @ g'),
    line: 8,
    column: 18,
    problem: /the columns of the left must be the rows of the right/,
  },
  { text: inOrder('x = g*transpose(g)'), line: 8, column: 5, problem: /\[rows, columns\] and \[columns, rows\] do not fit together/ },
  { text: inOrder('x = inverse(g)'), line: 8, column: 5, problem: /`inverse`: a square matrix is expected, and this is \[rows, columns\]/ },
  { text: inOrder('x = norm(all, g)'), line: 8, column: 10, problem: /`all` stands behind the one value of a reduction/ },
  { text: inOrder('x = sqrt(g, all)'), line: 8, column: 13, problem: /`all` stands behind the one value of a reduction/ },
  { text: inOrder('x = gradient(norm(g))'), line: 8, column: 5, problem: /a value for each weight, \[rows, columns\], is expected/ },
  {
    text: inOrder('x = newtonSchulz(g, 1, 2, 3, t)'),
    line: 8,
    column: 30,
    problem: /The steps of `newtonSchulz` must be known before the first step/,
  },
  { text: inOrder('x = identity(3)'), line: 8, column: 14, problem: /`identity\(rows\)` or `identity\(columns\)` is expected/ },
  { text: inOrder('x = hessianSolve(g, g)'), line: 8, column: 5, problem: /damping is one number, and this is \[rows, columns\]/ },
  { text: inOrder('inner'), line: 8, column: 1, problem: /`inner` stands in a wrapper only/ },
  { text: 'wrapper a\ng = 2*g', line: 1, column: 9, problem: /A wrapper has a line `inner`/ },
  { text: 'wrapper a\nparameter lr = 1\ng = lr*g\ninner', line: 2, column: 11, problem: /declares none/ },
  { text: 'wrapper a\nrate = 1\ninner', line: 2, column: 1, problem: /A wrapper does not tell `rate`/ },
  {
    text: 'optimizer a\nparameter lr = 1\nstate R[rows, 2]\nw = w - lr*g',
    line: 3,
    column: 15,
    problem: /`rows`, `columns` or 1 is expected/,
  },
  {
    text: 'optimizer a\nparameter lr = 1\nstate R[rows]\nR = g\nw = w - lr*g*R',
    line: 4,
    column: 5,
    problem: /`R` has the shape \[rows, 1\], and this is \[rows, columns\]/,
  },
  {
    text: `optimizer a\nparameter lr = 1\n${Array.from({ length: 9 }, (_, i) => `g = gradient(w + ${i}*g)`).join('\n')}\nw = w - lr*g`,
    line: 11,
    column: 5,
    problem: /at most 8 times a step/,
  },
  { text: inOrder('x = norm(lr)'), line: 8, column: 5, problem: /`norm` is taken over a tensor, and this is one number/ },
  { text: inOrder('x = 2g'), line: 8, column: 6, problem: /a product is written `2\*g`/ },
  { text: inOrder('x = (g + 1'), line: 8, column: 5, problem: /`\(` is not closed; found `rate` on line 9/ },
  { text: inOrder('x = sqrt(g * 2 = 3'), line: 8, column: 16, problem: /Found `=`; `\)` is expected to close `sqrt\(`/ },
  { text: inOrder('x = g +'), line: 9, column: 6, problem: /Found `=` after the expression/ },
  { text: inOrder('x = g)'), line: 8, column: 6, problem: /Found `\)` after the expression; the end of the line is expected/ },
  { text: inOrder('x = 0 < g < 1'), line: 8, column: 11, problem: /Comparisons do not chain/ },
  { text: inOrder('x = if g then 1 else 2'), line: 8, column: 8, problem: /`g` is a number; true or false is expected/ },
  { text: inOrder('x = if g > 0 then 1'), line: 8, column: 20, problem: /`else` is expected after `then …`/ },
  { text: inOrder('x = if g > 0 then 1 else g > 0'), line: 8, column: 26, problem: /`else` gives true or false and `then` a number/ },
  { text: inOrder('x = (g > 0) + 1'), line: 8, column: 6, problem: /This is true or false; a number is expected/ },
  { text: inOrder('x = form'), line: 8, column: 5, problem: /A text can only be compared/ },
  {
    text: inOrder('x = form == "papr"'),
    line: 8,
    column: 13,
    problem: /never "papr"; it is one of "torch", "paper"\. Did you mean `paper`\?/,
  },
  { text: inOrder('x = inf*g'), line: 8, column: 5, problem: /`inf` has no place in an expression/ },
  { text: inOrder('x = "abc'), line: 8, column: 5, problem: /does not end on its line/ },
  { text: inOrder('x = g ? 1'), line: 8, column: 7, problem: /Found `\?`, which means nothing here/ },
  { text: inOrder('x = g \u0007'), line: 8, column: 7, problem: /the character U\+0007/ },
  { text: inOrder('limit = g'), line: 8, column: 9, problem: /`limit` is one number for all weights/ },
  { text: inOrder('limit = norm(g)'), line: 8, column: 9, problem: /`limit` follows from the hyperparameters/ },
  { text: inOrder('x y'), line: 8, column: 1, problem: /`x` begins no declaration/ },
  { text: inOrder('x + 1'), line: 8, column: 3, problem: /Found `\+` after `x`; `=` is expected/ },
  { text: inOrder('3 = x'), line: 8, column: 1, problem: /Found `3`; the left side of a line is expected/ },
];

const functions: readonly Fault[] = [
  { text: '  ', line: 1, column: 1, problem: /empty; an expression such as/ },
  { text: '3 + 4', line: 1, column: 1, problem: /no variable/ },
  { text: 'x^', line: 1, column: 3, problem: /Found the end of the text; a number, a name or `\(` is expected/ },
  { text: 'x^2 y', line: 1, column: 5, problem: /a product is written `2\*y`/ },
  { text: 'x = 2', line: 1, column: 3, problem: /Found `=` after the expression/ },
  { text: 'sine(x)', line: 1, column: 1, problem: /no function `sine`\. Did you mean `sin`\?/ },
  { text: 'x > 2', line: 1, column: 1, problem: /This is true or false; a number is expected/ },
  { text: 'if x then 1 else 2', line: 1, column: 4, problem: /This is a number; true or false is expected/ },
  { text: 'norm(x)', line: 1, column: 1, problem: /`norm` is taken over the tensors of a rule/ },
  { text: 'x + "a"', line: 1, column: 5, problem: /no texts/ },
  { text: Array.from({ length: 101 }, (_, i) => `x${i}`).join('+'), line: 1, column: 391, problem: /at most 100 variables/ },
];

describe('an error in a rule', () => {
  it('is none in a rule that is in order', () => assert.equal(readRule(inOrder(''), 'demo.optim').name, 'demo'));
  for (const { text, line, column, problem } of rules)
    it(`says ${problem.source.slice(0, 60)}`, () => expectFault(() => readRule(text, 'demo.optim'), line, column, problem, 'demo.optim'));
});

describe('an error in a function', () => {
  for (const { text, line, column, problem } of functions)
    it(`says ${problem.source.slice(0, 60)}`, () => expectFault(() => readFunction(text), line, column, problem, 'function'));
});

function expectFault(read: () => unknown, line: number, column: number, problem: RegExp, file: string): void {
  assert.throws(read, (error) => {
    assert.ok(error instanceof LanguageError, String(error));
    assert.match(error.problem, problem);
    assert.deepEqual([error.file, error.line, error.column], [file, line, column], error.message);
    assert.equal(error.message, `${file}:${line}:${column}: ${error.problem}`);
    return true;
  });
}
