/**
 * The parts of the two untyped YDF packages that this room relies on. Both are one Emscripten factory each: a call
 * compiles and starts a fresh WebAssembly instance with its own memory.
 */
declare module "ydf-training" {
  /** Rows by column; every column has the same length. `NaN` is a missing number, `""` a missing category. */
  export type TrainingColumns = Readonly<Record<string, readonly number[] | readonly string[]>>;

  export interface TrainedForest {
    /** Rows by column; `null` is missing. Probability of the second label class per row. */
    predict(columns: Readonly<Record<string, readonly (number | string | null)[]>>): number[];
    describe(): string;
    getLabelClasses(): readonly string[];
    /** A flat zip of the model's files. Needs `globalThis.JSZip`. */
    save(): Promise<Blob>;
    unload(): void;
  }

  export interface YdfTraining {
    readonly GradientBoostedTreesLearner: new (
      label: string,
      task: "CLASSIFICATION",
    ) => { train(columns: TrainingColumns): TrainedForest };
  }

  export interface YdfModuleOptions {
    readonly print: (line: string) => void;
    readonly printErr: (line: string) => void;
  }

  // biome-ignore lint/style/noDefaultExport: this is the shape of the package
  export default function createYdfTraining(options: YdfModuleOptions): Promise<YdfTraining>;
}

declare module "ydf-inference" {
  export interface YdfFeature {
    readonly name: string;
    readonly type: "NUMERICAL" | "CATEGORICAL" | "CATEGORICAL_SET" | "BOOLEAN";
  }

  export interface YdfForest {
    getInputFeatures(): readonly YdfFeature[];
    getLabelClasses(): readonly string[];
    /** Rows by column; `null` is missing. Probability of the second label class per row. */
    predict(columns: Readonly<Record<string, readonly (number | string | null)[]>>): number[];
    unload(): void;
  }

  export interface YdfInference {
    loadModelFromZipBlob(zip: Uint8Array): Promise<YdfForest>;
  }

  export interface YdfModuleOptions {
    readonly print: (line: string) => void;
    readonly printErr: (line: string) => void;
  }

  // biome-ignore lint/style/noDefaultExport: this is the shape of the package
  export default function createYdfInference(options: YdfModuleOptions): Promise<YdfInference>;
}
