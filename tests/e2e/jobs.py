"""Import and export through boto3, as a user would."""

import json
import pathlib

from emulator import KEY, ROLE


def start_import(client, datastore, source, target="s3://bucket/out", **more):
    return client.start_fhir_import_job(
        DatastoreId=datastore, InputDataConfig={"S3Uri": source}, DataAccessRoleArn=ROLE,
        JobOutputDataConfig={"S3Configuration": {"S3Uri": target, "KmsKeyId": KEY}}, **more)["JobId"]


def start_export(client, datastore, target="s3://bucket/export", **more):
    return client.start_fhir_export_job(
        DatastoreId=datastore, DataAccessRoleArn=ROLE,
        OutputDataConfig={"S3Configuration": {"S3Uri": target, "KmsKeyId": KEY}}, **more)["JobId"]


def finish_import(client, datastore, job):
    """Waits with boto3's own waiter for jobs that complete; returns the properties."""
    client.get_waiter("fhir_import_job_completed").wait(DatastoreId=datastore, JobId=job)
    return import_properties(client, datastore, job)


def import_properties(client, datastore, job):
    """Describe waits for jobs that end soon, whatever their end."""
    return client.describe_fhir_import_job(DatastoreId=datastore, JobId=job)["ImportJobProperties"]


def finish_export(client, datastore, job):
    client.get_waiter("fhir_export_job_completed").wait(DatastoreId=datastore, JobId=job)
    return client.describe_fhir_export_job(DatastoreId=datastore, JobId=job)["ExportJobProperties"]


def folder_of(server, s3_uri):
    return pathlib.Path(server.s3_root) / s3_uri.removeprefix("s3://")


def lines(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]


def write_ndjson(path, resources):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(r) + "\n" for r in resources))


def without_meta(resource):
    return {key: value for key, value in resource.items() if key != "meta"}
