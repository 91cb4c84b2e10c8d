"""Implementation guides made by hand, packed as they are published."""

import io
import json
import tarfile

NAMED = "http://example.org/fhir/StructureDefinition/named-patient"
UNKNOWN = "http://example.org/fhir/StructureDefinition/nobody-knows"


def structure_definition(url, resource_type, elements):
    """A profile by its differential."""
    return {
        "resourceType": "StructureDefinition", "id": url.rsplit("/", 1)[-1], "url": url, "version": "1.2.0",
        "name": "Made", "status": "active", "fhirVersion": "4.0.1", "kind": "resource", "abstract": False,
        "type": resource_type, "baseDefinition": f"http://hl7.org/fhir/StructureDefinition/{resource_type}",
        "derivation": "constraint",
        "differential": {"element": [{"id": resource_type, "path": resource_type}, *elements]},
    }


NAMED_PATIENT = structure_definition(
    NAMED, "Patient", [{"id": "Patient.name", "path": "Patient.name", "min": 1}])


def pack(path, *resources, name="example.guide", version="1.2.0"):
    """Writes a package (a gzipped tar with package/package.json) and returns its path."""
    files = {"package.json": {"name": name, "version": version, "fhirVersions": ["4.0.1"]}}
    for resource in resources:
        files[f"{resource['resourceType']}-{resource['id']}.json"] = resource
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as tar:
        for file, content in files.items():
            data = json.dumps(content).encode()
            entry = tarfile.TarInfo(f"package/{file}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path
