/** A shader that the GPU's compiler refused. */
export class ShaderError extends Error {
  override readonly name = 'ShaderError';
}
