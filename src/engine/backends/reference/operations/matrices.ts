/** A dense layer’s matrix products, as plain float64 loops: what everything faster is checked against. All matrices are row-major without gaps. */

/** z[n, out] = x[n, in]·wᵀ + b, with w[out, in]. Adds to what is in z where there is no b. */
export function forward(x: Float64Array, w: Float64Array, b: Float64Array | null, z: Float64Array, n: number, inputs: number): void {
  const outputs = w.length / inputs;
  for (let row = 0; row < n; row++)
    for (let o = 0; o < outputs; o++) {
      let sum = b ? b[o] : z[row * outputs + o];
      for (let i = 0; i < inputs; i++) sum += x[row * inputs + i] * w[o * inputs + i];
      z[row * outputs + o] = sum;
    }
}

/** dx[n, in] += d[n, out]·w, with w[out, in]: the gradient with respect to a layer's inputs. */
export function addInputGradient(d: Float64Array, w: Float64Array, dx: Float64Array, n: number, inputs: number): void {
  const outputs = w.length / inputs;
  for (let row = 0; row < n; row++)
    for (let o = 0; o < outputs; o++) {
      const factor = d[row * outputs + o];
      for (let i = 0; i < inputs; i++) dx[row * inputs + i] += factor * w[o * inputs + i];
    }
}

/** dw[out, in] += dᵀ·x, with d[n, out] and x[n, in]: the gradient with respect to the weights. */
export function addWeightGradient(d: Float64Array, x: Float64Array, dw: Float64Array, n: number, inputs: number): void {
  const outputs = dw.length / inputs;
  for (let row = 0; row < n; row++)
    for (let o = 0; o < outputs; o++) {
      const factor = d[row * outputs + o];
      for (let i = 0; i < inputs; i++) dw[o * inputs + i] += factor * x[row * inputs + i];
    }
}

/** db[out] += the sum of d[n, out] over its rows: the gradient with respect to the biases. */
export function addBiasGradient(d: Float64Array, db: Float64Array, n: number): void {
  const outputs = db.length;
  for (let row = 0; row < n; row++) for (let o = 0; o < outputs; o++) db[o] += d[row * outputs + o];
}
