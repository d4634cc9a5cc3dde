/**
 * The parts of an Open Data Contract Standard document that promise something about data. The protocol owns the
 * document's full shape; this is what the domain reads of it.
 */
export interface ContractDocument {
  readonly apiVersion: string;
  readonly id: string;
  readonly version: string;
  readonly status: string;
  readonly schema?: readonly DeclaredObject[] | undefined;
  readonly slaDefaultElement?: string | undefined;
  readonly slaProperties?: readonly DeclaredSla[] | undefined;
}

export interface DeclaredObject {
  readonly name: string;
  readonly properties?: readonly DeclaredProperty[] | undefined;
  readonly quality?: readonly DeclaredQuality[] | undefined;
  readonly relationships?: unknown;
}

export interface DeclaredProperty {
  readonly name: string;
  readonly physicalName?: string | undefined;
  readonly logicalType?: string | undefined;
  readonly logicalTypeOptions?: Readonly<Record<string, unknown>> | undefined;
  readonly required?: boolean | undefined;
  readonly unique?: boolean | undefined;
  readonly primaryKey?: boolean | undefined;
  readonly partitioned?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly quality?: readonly DeclaredQuality[] | undefined;
  readonly relationships?: unknown;
  readonly properties?: readonly unknown[] | undefined;
  readonly items?: unknown;
}

export interface DeclaredQuality {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  readonly metric?: string | undefined;
  readonly rule?: string | undefined;
  readonly arguments?: Readonly<Record<string, unknown>> | undefined;
  readonly query?: string | undefined;
  readonly severity?: string | undefined;
  readonly unit?: string | undefined;
  readonly [key: string]: unknown;
}

export interface DeclaredSla {
  readonly property: string;
  readonly value: string | number | boolean | null;
  readonly unit?: string | undefined;
  readonly element?: string | undefined;
}
