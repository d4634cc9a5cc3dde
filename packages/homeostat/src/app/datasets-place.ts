import type { S3Place } from "../store/blob/s3-blobs.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type Reading =
  | { readonly kind: "place"; readonly place: S3Place | undefined }
  | { readonly kind: "refused"; readonly message: string };

/**
 * Where datasets lie: `HOMEOSTAT_DATASETS_URL` names bucket and prefix; endpoint, region and keys come from
 * `HOMEOSTAT_S3_*` or else from the variables that other programs for S3 read. Messages never hold a value of a key.
 */
export function readDatasetsPlace(environment: Environment): Reading {
  const url = environment.HOMEOSTAT_DATASETS_URL;
  if (url === undefined) return { kind: "place", place: undefined };
  const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(url) ?? [];
  const steps = prefix.replace(/\/+$/, "");
  if (
    bucket === undefined ||
    (steps !== "" && !/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(steps))
  )
    return refused("HOMEOSTAT_DATASETS_URL must name a bucket and a prefix, e.g. s3://bucket/homeostat");
  const region =
    environment.HOMEOSTAT_S3_REGION ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? "us-east-1";
  const endpoint =
    environment.HOMEOSTAT_S3_ENDPOINT ??
    environment.AWS_ENDPOINT_URL_S3 ??
    environment.AWS_ENDPOINT_URL ??
    `https://s3.${region}.amazonaws.com`;
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol) || new URL(endpoint).username !== "")
    return refused("HOMEOSTAT_S3_ENDPOINT must be an http or https address without a password");
  const accessKeyId = environment.HOMEOSTAT_S3_ACCESS_KEY_ID ?? environment.AWS_ACCESS_KEY_ID;
  const secretAccessKey = environment.HOMEOSTAT_S3_SECRET_ACCESS_KEY ?? environment.AWS_SECRET_ACCESS_KEY;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    return refused(
      "HOMEOSTAT_DATASETS_URL needs HOMEOSTAT_S3_ACCESS_KEY_ID and HOMEOSTAT_S3_SECRET_ACCESS_KEY (or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)",
    );
  const sessionToken = environment.HOMEOSTAT_S3_SESSION_TOKEN ?? environment.AWS_SESSION_TOKEN;
  return {
    kind: "place",
    place: { endpoint, region, bucket, prefix: steps, accessKeyId, secretAccessKey, sessionToken },
  };
}

const refused = (message: string): Reading => ({ kind: "refused", message });
