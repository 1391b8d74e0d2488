/**
 * Rules that hold a fast lowering against the reference: every construct of the language at least once. Every lowering runs them all.
 * It imports nothing of Node, so that a page in a browser can run them too.
 */

/** What is tried, the rule's lines, and declarations before them. */
export type LoweringText = readonly [what: string, lines: string, declarations?: string];

/** Element by element, with numbers of the layer. */
export const elementwiseTexts: readonly LoweringText[] = [
  ['arithmetic', 'rate = lr\nw = (w + 2)*(w - 1)/(abs(w) + 3) - -g*rate'],
  ['whole powers', 'rate = lr\nw = w/2 + 0.01*(w^2 + w^3 - w^4 + g^7 + (2 + w^2)^-3 + w^1 + w^0)'],
  ['other powers', 'rate = lr\nw = (w^2)^0.5 + abs(g)^1.5 + (1 + g^2)^w + 2^w'],
  [
    'functions without an instruction',
    'rate = lr\nw = w/4 + 0.1*(exp(w/4) + log(1 + g^2) + sin(w)*cos(g) + tanh(w) + sigmoid(g) + tan(w/9) + pow(1 + abs(w), g))',
  ],
  ['min, max, sqrt, abs, sign', 'rate = lr\nw = min(w, g) + max(w, 0.5) + sqrt(abs(w)) + sign(g)*0.1 + sign(0*w)'],
  ['choice by weight', 'rate = if g > 0 then lr else lr/2\nw = w - rate*g'],
  [
    'truths by weight',
    'late = t > 2\nbig = abs(g) > 0.5 and not (w < 0 or late)\nrate = if big == (g > 0) then lr else 2*lr\nw = if big != late then w - rate else w',
  ],
  ['choice by step', 'rate = lr\nm = if t == 1 then g else 0.5*m + g\nw = w - rate*m', 'state m'],
  ['division by a number', 'rate = lr/t\nw = w/3 - g/(1 + t) - rate*g'],
  ['names assigned anew', 'x = g\nx = x + w\nw = w - lr*x\nx = w*2\nrate = lr*abs(x)\ng = g*2\nw = w - rate*g'],
  ['a sum over the layer', 'rate = lr/max(norm(g), 1)\nw = w - rate*g'],
  ['sums of sums', 'c = g - mean(g)\nu = c/rms(c + sum(w)*0.001)\nrate = lr*norm(u*mean(abs(w)))/rms(w)\nw = w - rate*u'],
  ['a sum of one number', 'rate = lr\nw = w - rate*g/norm(x)', 'parameter on = false\nstate x\nx = if on then g else 2'],
  ['a state read before it is set', 'rate = lr\nw = w - rate*m\nm = m*0.5 + g + start', 'parameter start = 0.25\nstate m = start*2'],
  ['constants', 'rate = lr\nw = w - rate*g*pi + (if true then e else g)'],
  ['the schedule', 'rate = lr*lr0\nw = w - rate*g'],
];

/** Matrices, sums, states of every shape, questions to the model, draws. */
export const matrixTexts: readonly LoweringText[] = [
  ['sums over all layers', 'c = max(norm(g, all), sum(abs(w), all)/mean(g^2, all))\nrate = lr/c + rms(w, all)\nw = w - rate*g'],
  ['largest and smallest', 'rate = lr*(max(g) - min(g)) + max(w, all) + min(g, all)\nw = w - rate*g + max(-abs(w))'],
  ['a number of each layer over all', 'n = norm(g)\nrate = lr/(1 + sum(n, all) + max(rows*n, all))\nw = w - rate*g'],
  ['a state that is a number', 'd = d + 0.1*mean(g) + rows\nrate = lr*d\nw = w - rate*g', 'state d[1] = 0.5'],
  [
    'numbers that pass from state to state',
    'k = a\na = b + 0*t\nb = k\nrate = lr*a\nw = w - rate*g*b',
    'state a[1] = 0.3\nstate b[1] = 0.7',
  ],
  ['a rate for each row', 'rate = lr*(1 + rowMax(g)^2)\nw = w - rate*g'],
  ['rows and columns', 'rate = lr/sqrt(rows/columns)\nw = if matrix then w - rate*g else w - g*rows'],
  [
    'factored second moments',
    'R = 0.9*R + 0.1*rowMean(g^2)\nC = 0.9*C + 0.1*columnMean(g^2)\nV = R*C/mean(R)\nrate = lr/(sqrt(V) + 0.1)\nw = w - rate*g',
    'state R[rows], C[1, columns]',
  ],
  [
    'sums and extremes of rows and columns',
    'rate = lr\nw = w - rate*(rowSum(g)*columnMax(w) - columnSum(w^2)/rowMax(1 + abs(g)) + rowMean(columnMean(g)))',
  ],
  ['transposes', 'T = transpose(w)\nT = tanh(T*T + transpose(g))\nrate = lr\nw = w - rate*transpose(T)*rowSum(transpose(T) @ T)'],
  [
    'truths of rows and columns',
    'rate = lr\nw = if rowMax(g) > 0.7 and columnSum(abs(w)) > 1 then w - rate*g else (if (rowMean(w) < 0) == matrix then w else 2*w)',
  ],
  ['extremes beside what is no number', 'x = g/(g - g)\nrate = lr\nw = rowMax(x) + columnMax(x + w) + max(x) + min(x, all)'],
  [
    'products that are numbers',
    'n = columnSum(w) @ transpose(columnSum(g))\nrate = lr/(9 + n)\nw = w - rate*(rowSum(g) @ (t*n)) - rowMean(columnMean(w))',
  ],
  ['products', 'rate = lr\nw = w - rate*((w @ transpose(g)) @ w + g @ (transpose(g) @ g) + outer(rowSum(g), transpose(columnSum(w))))/9'],
  ['traces', 'rate = lr/(1 + trace(g @ transpose(g)))\nw = w - rate*g*trace(identity(columns))'],
  [
    'inverses and roots',
    'L = L + g @ transpose(g)\nR = R + transpose(g) @ g\nrate = lr\nw = w - rate*(inverse(L) @ g @ inverseRoot(R, 2) + solve(L, w))',
    'state L[rows, rows] = 2*identity(rows)\nstate R[columns, columns] = identity(columns)',
  ],
  ['eigenvectors', 'u = rowSum(g)\nQ = eigenvectors(identity(rows)*u + 0.05*outer(u, u))\nrate = lr\nw = w - rate*transpose(Q) @ g'],
  ['Newton–Schulz', 'rate = lr\nw = w - rate*newtonSchulz(g/norm(g), 3.4445, -4.775, 2.0315, 5)'],
  ['the gradient elsewhere', 'ahead = gradient(w + 0.1*g)\nrate = lr\nw = w - rate*(ahead + gradient(w - ahead))'],
  ['the loss elsewhere', 'rate = lr*(loss(w - 0.1*g) - loss)/100\nw = w - rate*g'],
  ['moments', 'rate = lr\nw = w - rate*(solve(errorMoment, g) @ inverse(inputMoment + identity(columns)))'],
  ['draws', 'rate = lr*(1.5 + rademacher())\nw = w - rate*(g + normal() - normal())'],
  ['states that change places', 'k = a\na = b\nb = k + 0.1*w\nrate = lr\nw = w - rate*(a - b)', 'state a = 1\nstate b = w/2'],
  [
    'squares that change places',
    'k = a\na = b\nb = k @ a + identity(rows)\nrate = lr\nw = w - rate*tanh(b) @ g',
    'state a[rows, rows] = identity(rows)\nstate b[rows, rows] = 0.1',
  ],
  [
    'what a state was and what it becomes',
    'before = rowSum(m)\nm = 0.9*m + g\nn = columnSum(m) + transpose(transpose(m) @ before)\nrate = lr\nw = w - rate*(m + n - before)',
    'state m = 0.5\nstate n[1, columns]',
  ],
  [
    'what many sums need again',
    'x = exp(0.1*w)/(1 + g^2)\na = x/norm(x)\nb = a - mean(a*x)\nc = b/rms(b + x)\nd = c*max(c) + rowMean(c)*x\nrate = lr\nw = w - rate*(a + b + c + d/norm(d) + x)',
  ],
];

/** The text of a rule. */
export const demoText = (lines: string, declarations = ''): string => `optimizer demo\nparameter lr = 0.1\n${declarations}\n${lines}`;
