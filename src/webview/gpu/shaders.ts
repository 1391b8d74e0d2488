/** Compiles a rule's shaders, each text once for a device, and tells what the GPU's compiler refuses in terms of the rule. */
import { bindings, type GpuKernel } from '../../engine/language/wgsl';
import { shaderStage } from './flags';

/** A shader that the GPU's compiler refused. */
export class ShaderError extends Error {
  override readonly name = 'ShaderError';
}

export class Shaders {
  /** What every shader is bound to. */
  readonly groupLayout: GPUBindGroupLayout;
  private readonly layout: GPUPipelineLayout;
  private readonly compiled = new Map<string, Promise<GPUComputePipeline>>();

  constructor(readonly device: GPUDevice) {
    this.groupLayout = device.createBindGroupLayout({
      entries: bindings.map(({ access }, binding) => ({
        binding,
        visibility: shaderStage.compute,
        buffer: { type: access === 'read' ? ('read-only-storage' as const) : ('storage' as const) },
      })),
    });
    this.layout = device.createPipelineLayout({ bindGroupLayouts: [this.groupLayout] });
  }

  /** How many different texts have been compiled. */
  get count(): number {
    return this.compiled.size;
  }

  /** @param file of the rule, for errors @throws ShaderError with the rule's file and line, and the compiler's message */
  pipeline(kernel: GpuKernel, file: string): Promise<GPUComputePipeline> {
    const known = this.compiled.get(kernel.code) ?? this.compile(kernel, file);
    this.compiled.set(kernel.code, known);
    return known;
  }

  private async compile({ name, code, lines }: GpuKernel, file: string): Promise<GPUComputePipeline> {
    const module = this.device.createShaderModule({ label: `${file}: ${name}`, code });
    const { messages } = await module.getCompilationInfo();
    const error = messages.find(({ type }) => type === 'error');
    if (error !== undefined) {
      const line = lines[error.lineNum - 1] ?? 0;
      const text = code.split('\n')[error.lineNum - 1]?.trim() ?? '';
      throw new ShaderError(
        `${file}${line > 0 ? `:${line}` : ''}: the shader "${name}" does not compile: ${error.message} in \`${text}\` (line ${error.lineNum})`,
      );
    }
    return this.device.createComputePipelineAsync({
      label: `${file}: ${name}`,
      layout: this.layout,
      compute: { module, entryPoint: 'main' },
    });
  }
}
