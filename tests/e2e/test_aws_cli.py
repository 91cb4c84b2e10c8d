"""The AWS CLI as people type it."""

import json
import os
import pathlib
import subprocess
import sys

import jobs
from emulator import KEY, ROLE

AWS = pathlib.Path(sys.executable).with_name("aws")


def aws(server, *arguments):
    done = subprocess.run(
        [sys.executable, AWS, "--endpoint-url", server.base, "--output", "json", "healthlake", *arguments],
        capture_output=True, text=True, check=False,
        env={**os.environ, "AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "secret",
             "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"})
    return done


def run(server, *arguments):
    done = aws(server, *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else {}


def test_the_main_job_on_the_command_line(make_server):
    server = make_server()
    store = run(server, "create-fhir-datastore", "--datastore-type-version", "R4",
                "--datastore-name", "cli", "--tags", "Key=team,Value=blue")["DatastoreId"]
    shown = run(server, "describe-fhir-datastore", "--datastore-id", store)["DatastoreProperties"]
    assert shown["DatastoreStatus"] == "ACTIVE"
    run(server, "wait", "fhir-datastore-active", "--datastore-id", store)

    jobs.write_ndjson(server.bucket() / "in/p.ndjson",
                      [{"resourceType": "Patient", "id": "p1", "gender": "female"}])
    started = run(server, "start-fhir-import-job", "--datastore-id", store,
                  "--input-data-config", "S3Uri=s3://bucket/in/",
                  "--job-output-data-config",
                  json.dumps({"S3Configuration": {"S3Uri": "s3://bucket/out", "KmsKeyId": KEY}}),
                  "--data-access-role-arn", ROLE)
    assert started["JobStatus"] == "SUBMITTED"
    run(server, "wait", "fhir-import-job-completed", "--datastore-id", store,
        "--job-id", started["JobId"])
    listed = run(server, "list-fhir-import-jobs", "--datastore-id", store)
    assert [j["JobStatus"] for j in listed["ImportJobPropertiesList"]] == ["COMPLETED"]

    exported = run(server, "start-fhir-export-job", "--datastore-id", store,
                   "--output-data-config",
                   json.dumps({"S3Configuration": {"S3Uri": "s3://bucket/exp", "KmsKeyId": KEY}}),
                   "--data-access-role-arn", ROLE)
    run(server, "wait", "fhir-export-job-completed", "--datastore-id", store,
        "--job-id", exported["JobId"])
    files = list((server.bucket() / "exp").rglob("*.ndjson"))
    assert [f.parent.name for f in files] == ["Patient"]

    arn = shown["DatastoreArn"]
    run(server, "tag-resource", "--resource-arn", arn, "--tags", "Key=stage,Value=test")
    run(server, "untag-resource", "--resource-arn", arn, "--tag-keys", "team")
    assert run(server, "list-tags-for-resource", "--resource-arn", arn)["Tags"] == [
        {"Key": "stage", "Value": "test"}]
    run(server, "delete-fhir-datastore", "--datastore-id", store)
    run(server, "wait", "fhir-datastore-deleted", "--datastore-id", store)


def test_errors_are_shown_by_their_name(server):
    done = aws(server, "describe-fhir-datastore", "--datastore-id", "0" * 32)
    assert done.returncode != 0 and "ResourceNotFoundException" in done.stderr
    done = aws(server, "create-fhir-datastore", "--datastore-type-version", "R5")
    assert "ValidationException" in done.stderr and "failed to satisfy constraint" in done.stderr
