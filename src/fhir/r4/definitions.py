"""Reads the official R4 bundles into plain facts: structures, elements, code sets, parameters."""

import re

from code_sets import load_code_sets
from loading import STRUCTURE, Fault, load_bundle

PRIMITIVES = [
    "base64Binary", "boolean", "canonical", "code", "date", "dateTime", "decimal", "id", "instant",
    "integer", "markdown", "oid", "positiveInt", "string", "time", "unsignedInt", "uri", "url", "uuid",
    "xhtml",
]
FHIR_TYPE = STRUCTURE + "structuredefinition-fhir-type"
MAX_VALUE_SET = STRUCTURE + "elementdefinition-maxValueSet"
INPUTS = [
    "Bundle-types.json", "Bundle-resources.json", "Bundle-searchParams.json",
    "Bundle-valuesets.json", "Bundle-v3-valuesets.json", "Bundle-v2-valuesets.json",
    "Bundle-valueset-expansions.json", "Bundle-profiles-others.json", "Bundle-extensions.json",
]
# Reference section 8.2, in R4's terms.
HEALTHLAKE_TYPES = """Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment
AppointmentResponse AuditEvent Binary BodyStructure Bundle CapabilityStatement CarePlan CareTeam
ChargeItem ChargeItemDefinition Claim ClaimResponse CodeSystem Communication CommunicationRequest
Composition ConceptMap Condition Consent Contract Coverage CoverageEligibilityRequest
CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest
DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis
Encounter Endpoint EnrollmentRequest EnrollmentResponse EpisodeOfCare ExplanationOfBenefit
FamilyMemberHistory Flag Goal Group GuidanceResponse HealthcareService ImagingStudy Immunization
ImmunizationEvaluation ImmunizationRecommendation InsurancePlan Invoice Library Linkage List Location
Measure MeasureReport Media Medication MedicationAdministration MedicationDispense
MedicationKnowledge MedicationRequest MedicationStatement MessageHeader MolecularSequence
NutritionOrder Observation OperationOutcome Organization OrganizationAffiliation Parameters Patient
PaymentNotice PaymentReconciliation Person PlanDefinition Practitioner PractitionerRole Procedure
Provenance Questionnaire QuestionnaireResponse RelatedPerson RequestGroup ResearchStudy
ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule ServiceRequest Slot Specimen
StructureDefinition StructureMap Subscription Substance SupplyDelivery SupplyRequest Task ValueSet
VerificationResult VisionPrescription""".split()


# The registry names the two components of DocumentReference's `relationship` the wrong way round:
# `relatesTo.code` is the parameter `relation`, `relatesTo.target` is `relatesto`.
COMPONENT_ERRATA = {
    ("DocumentReference-relationship", "code"): "DocumentReference-relation",
    ("DocumentReference-relationship", "target"): "DocumentReference-relatesto",
}


class Member:
    """A JSON name under which an element may stand: one per type of a choice."""

    def __init__(self, element, code, json_name):
        self.element = element
        self.code = code
        self.json_name = json_name
        self.child_path = None  # structure of its children; None for primitives and Resource
        self.profile = None  # a profile on its data type: SimpleQuantity
        self.referring = False  # a Reference or a canonical
        self.targets = []  # the resource types that it may name; none when it may be any
        self.index = None  # within its structure


class Element:
    def __init__(self, name, definition):
        self.name = name
        self.choice = definition["path"].endswith("[x]")
        self.min = definition["min"]
        self.array = definition["max"] == "*"
        if definition["max"] not in ("1", "*") or self.min > 1:
            raise Fault(f"cardinality of {definition['path']}")
        self.summary = definition.get("isSummary", False)
        self.modifier = definition.get("isModifier", False)
        self.codes = None
        self.targets = []
        self.members = []
        self.index = None


class Structure:
    def __init__(self, path):
        self.path = path
        self.base = None  # the path of the structure that it derives from
        self.elements = []
        self.members = []

    def element(self, name):
        return next((e for e in self.elements if e.name == name), None)


def type_codes(definition):
    codes = []
    for kind in definition.get("type", []):
        code = kind["code"]
        if code.startswith("http://hl7.org/fhirpath/System."):
            fhir_type = [x["valueUrl"] for x in kind.get("extension", []) if x["url"] == FHIR_TYPE]
            is_resource_id = definition.get("base", {}).get("path") == "Resource.id"
            code = "id" if is_resource_id else fhir_type[0]
        codes.append(code)
    return codes


def reference_targets(kind):
    """The resource types that a Reference or canonical may name; none when it may be any."""
    targets = {url.removeprefix(STRUCTURE) for url in kind.get("targetProfile", [])}
    return [] if "Resource" in targets else sorted(targets)


def demanded_codes(definition):
    """The value set that a code or a concept must be of. `language` is bound to a few codes as
    preferred, and to all languages at most."""
    binding = definition.get("binding", {})
    codes = type_codes(definition)
    if binding.get("strength") == "required":
        if codes not in (["code"], ["CodeableConcept"]):
            raise Fault(f"a required binding of {definition['path']}: {codes}")
        return binding["valueSet"].partition("|")[0]
    limits = [x["valueCanonical"] for x in binding.get("extension", []) if x["url"] == MAX_VALUE_SET]
    return limits[0] if limits and codes == ["code"] else None


class R4:
    """Everything that the tables are made of."""

    def __init__(self, folder):
        self.structures = {}  # path -> Structure
        self.types = []  # concrete resource types
        self.domain_types = set()
        self.compartments = {}  # (compartment, type) -> codes
        definitions = load_bundle(folder, "Bundle-types.json")
        definitions += load_bundle(folder, "Bundle-resources.json")
        self._load_structures([d for d in definitions if d["resourceType"] == "StructureDefinition"])
        self._load_compartments([d for d in definitions if d["resourceType"] == "CompartmentDefinition"])
        self.code_sets = load_code_sets(folder, self.demanded)  # url -> [(code, system)] or a grammar
        self.search_parameters = load_bundle(folder, "Bundle-searchParams.json")
        unknown = set(HEALTHLAKE_TYPES) - set(self.types)
        if unknown:
            raise Fault(f"not R4 types: {unknown}")

    def _load_structures(self, definitions):
        self.demanded = set()  # value sets
        for definition in definitions:
            if definition["kind"] not in ("complex-type", "resource"):
                continue
            if definition.get("derivation") == "constraint":
                continue
            name = definition["id"]
            if definition["kind"] == "resource" and not definition["abstract"]:
                self.types.append(name)
                if definition["baseDefinition"].endswith("/DomainResource"):
                    self.domain_types.add(name)
            self._load_snapshot(definition["snapshot"]["element"], self.demanded)
            base = definition.get("baseDefinition", "").removeprefix(STRUCTURE)
            self.structures[name].base = base or None
        self.types.sort()
        for structure in self.structures.values():
            self._finish(structure)

    def _load_snapshot(self, elements, demanded):
        parents = {e["path"].rpartition(".")[0] for e in elements}
        for definition in elements:
            path = definition["path"]
            parent, _, name = path.rpartition(".")
            if path in parents or not parent:
                self.structures.setdefault(path, Structure(path))
            if not parent:
                continue
            element = Element(name.removesuffix("[x]"), definition)
            structure = self.structures[parent]
            element.index = len(structure.elements)
            structure.elements.append(element)
            self._add_members(element, definition, path, path in parents)
            if path in parents:
                self.structures[path].base = element.members[0].code
            element.codes = demanded_codes(definition)
            if element.codes is not None:
                demanded.add(element.codes)
            allowed = [member.targets for member in element.members if member.referring]
            element.targets = sorted(set().union(*allowed)) if all(allowed) else []

    def _add_members(self, element, definition, path, has_children):
        if "contentReference" in definition:
            member = Member(element, "BackboneElement", element.name)
            member.child_path = definition["contentReference"].removeprefix("#")
            element.members.append(member)
            return
        codes = type_codes(definition)
        if len(codes) != 1 and not element.choice:
            raise Fault(f"types of {path}: {codes}")
        for code, kind in zip(codes, definition["type"]):
            json_name = element.name + code[0].upper() + code[1:] if element.choice else element.name
            member = Member(element, code, json_name)
            member.referring = code in ("Reference", "canonical")
            member.targets = reference_targets(kind)
            if code == "Quantity" and "profile" in kind:
                member.profile, = [url.removeprefix(STRUCTURE) for url in kind["profile"]]
            elif "profile" in kind:
                raise Fault(f"a profile on the type of {path}")
            if has_children:
                member.child_path = path
            elif code not in PRIMITIVES and code != "Resource":
                member.child_path = code
            element.members.append(member)

    def _finish(self, structure):
        for element in structure.elements:
            for member in element.members:
                member.index = len(structure.members)
                structure.members.append(member)
                if member.child_path is not None and member.child_path not in self.structures:
                    raise Fault(f"{structure.path}.{element.name}: no structure {member.child_path}")
        if len(structure.elements) > 64 or len(structure.members) > 254:
            raise Fault(f"{structure.path} is too wide")
        if structure.base is not None:
            inherited = [e.name for e in self.structures[structure.base].elements]
            if inherited != [e.name for e in structure.elements[:len(inherited)]]:
                raise Fault(f"{structure.path} does not begin like {structure.base}")

    def _load_compartments(self, definitions):
        for definition in definitions:
            for row in definition["resource"]:
                codes = set(row.get("param", [])) - {"{def}"}  # the compartment's own resource
                if codes:
                    self.compartments[definition["code"], row["code"]] = sorted(codes)


class Param:
    """A search parameter of one resource type."""

    def __init__(self, base, source):
        self.base = base
        self.code = source["code"]
        self.type = source["type"]
        self.definition = source["id"]
        self.expression = source.get("expression", "")
        self.source = source
        self.targets = sorted(source.get("target", []))
        self.components = []  # (definition id, expression)
        for component in source.get("component", []):
            definition = component["definition"].rpartition("/")[2]
            expression = component["expression"]
            definition = COMPONENT_ERRATA.get((source["id"], expression), definition)
            self.components.append((definition, expression))
        self.number = None


def all_params(r4):
    """Sorted by (type, code), numbered from 1."""
    params = []
    for source in r4.search_parameters:
        for base in source["base"]:
            bases = {"Resource": r4.types, "DomainResource": sorted(r4.domain_types)}.get(base, [base])
            params += [Param(name, source) for name in bases]
    created = {"code": "createdAt", "type": "date", "id": "createdAt"}
    params += [Param(name, created) for name in r4.types]
    params.sort(key=lambda p: (p.base, p.code.encode()))
    for number, param in enumerate(params, 1):
        param.number = number
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", param.code):
            raise Fault(f"code {param.code}")
    if len({(p.base, p.code) for p in params}) != len(params):
        raise Fault("two parameters with one name")
    return params
