#include "fhir/r4/tables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <span>
#include <string>

#include "healthlake/fhir/definitions.hpp"

namespace healthlake::fhir {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const r4::StructureRow& Row(std::string_view path) {
  const StructureId structure = FindStructure(path);
  EXPECT_FALSE(structure.IsNone()) << path;
  return r4::kStructures[structure.number()];
}

const r4::MemberRow& Member(std::string_view path, std::string_view name) {
  const r4::StructureRow& row = Row(path);
  const int member = r4::FindMember(row, name, r4::NameHash(name));
  EXPECT_GE(member, 0) << path << "." << name;
  return r4::kMembers[row.first_member + member];
}

template <typename Row>
std::vector<std::string_view> KeysOf(const Row& row) {
  std::vector<std::string_view> keys;
  for (std::size_t i = 0; i < row.invariant_count; ++i) {
    keys.push_back(r4::View(r4::kInvariants[row.first_invariant + i].key));
  }
  return keys;
}

TEST(KindTableTest, DerivesAsThePrimitiveTypesDo) {
  EXPECT_EQ(r4::BaseOf(r4::Kind::kCode), r4::Kind::kString);
  EXPECT_EQ(r4::BaseOf(r4::Kind::kCanonical), r4::Kind::kUri);
  EXPECT_EQ(r4::BaseOf(r4::Kind::kPositiveInt), r4::Kind::kInteger);
  EXPECT_EQ(r4::BaseOf(r4::Kind::kDateTime), r4::Kind::kComplex);
  EXPECT_EQ(r4::BaseOf(r4::Kind::kXhtml), r4::Kind::kComplex);
}

TEST(KindTableTest, IsFoundByItsName) {
  for (int i = static_cast<int>(r4::Kind::kBase64Binary); i <= static_cast<int>(r4::Kind::kXhtml);
       ++i) {
    const auto kind = static_cast<r4::Kind>(i);
    EXPECT_EQ(r4::FindKind(r4::NameOf(kind)), kind);
  }
  EXPECT_EQ(r4::NameOf(r4::Kind::kBase64Binary), "base64Binary");
  EXPECT_EQ(r4::NameOf(r4::Kind::kXhtml), "xhtml");
  EXPECT_EQ(r4::NameOf(r4::Kind::kComplex), "");
  EXPECT_EQ(r4::FindKind("Quantity"), r4::Kind::kComplex);
  EXPECT_EQ(r4::FindKind("String"), r4::Kind::kComplex);
}

TEST(StructureRowTest, DerivesFromItsBase) {
  const auto base = [](std::string_view path) { return PathOf(BaseOf(FindStructure(path))); };
  EXPECT_EQ(base("Patient"), "DomainResource");
  EXPECT_EQ(base("DomainResource"), "Resource");
  EXPECT_EQ(base("Resource"), "");
  EXPECT_EQ(base("Bundle"), "Resource");
  EXPECT_EQ(base("Patient.contact"), "BackboneElement");
  EXPECT_EQ(base("Timing.repeat"), "Element");
  EXPECT_EQ(base("Dosage"), "BackboneElement");
  EXPECT_EQ(base("BackboneElement"), "Element");
  EXPECT_EQ(base("Age"), "Quantity");
  EXPECT_EQ(base("Element"), "");
  EXPECT_TRUE(DerivesFrom(FindStructure("Patient"), FindStructure("Resource")));
  EXPECT_TRUE(DerivesFrom(FindStructure("Age"), FindStructure("Age")));
  EXPECT_FALSE(DerivesFrom(FindStructure("Quantity"), FindStructure("Age")));
  EXPECT_FALSE(DerivesFrom(FindStructure("Patient"), StructureId()));
  EXPECT_FALSE(DerivesFrom(StructureId(), FindStructure("Element")));
}

TEST(StructureRowTest, BeginsWithTheElementsOfItsBase) {
  for (std::uint16_t number = 1; number <= r4::kStructureCount; ++number) {
    const StructureId structure = StructureId::FromNumber(number);
    const auto own = ElementsOf(structure);
    const auto inherited = ElementsOf(BaseOf(structure));
    ASSERT_LE(inherited.size(), own.size()) << PathOf(structure);
    for (std::size_t i = 0; i < inherited.size(); ++i) {
      EXPECT_EQ(own[i].name, inherited[i].name) << PathOf(structure);
    }
  }
}

TEST(InvariantRowTest, StandsWhereItIsDefined) {
  EXPECT_THAT(KeysOf(Row("Patient")), IsEmpty());
  EXPECT_THAT(KeysOf(Row("Patient.contact")), ElementsAre("pat-1"));
  EXPECT_THAT(KeysOf(Row("Element")), ElementsAre("ele-1"));
  EXPECT_THAT(KeysOf(Row("Extension")), ElementsAre("ext-1"));
  EXPECT_THAT(KeysOf(Row("DomainResource")),
              ElementsAre("dom-2", "dom-3", "dom-4", "dom-5", "dom-6"));
  EXPECT_THAT(KeysOf(Row("BackboneElement")), IsEmpty());
  EXPECT_THAT(KeysOf(Row("Quantity")), ElementsAre("qty-3"));
  EXPECT_THAT(KeysOf(Row("Age")), ElementsAre("age-1"));
  EXPECT_THAT(KeysOf(Row("Timing.repeat")), ElementsAre("tim-1", "tim-2", "tim-4", "tim-5", "tim-6",
                                                        "tim-7", "tim-8", "tim-9", "tim-10"));
}

TEST(InvariantRowTest, OfOnePlaceStandsAtItsMember) {
  EXPECT_THAT(KeysOf(Member("Organization", "address")), ElementsAre("org-2"));
  EXPECT_THAT(KeysOf(Member("ElementDefinition", "max")), ElementsAre("eld-3"));
  EXPECT_THAT(KeysOf(Member("Narrative", "div")), ElementsAre("txt-1", "txt-2"));
  EXPECT_THAT(KeysOf(Member("RiskAssessment.prediction", "probabilityRange")),
              ElementsAre("ras-1"));
  EXPECT_THAT(KeysOf(Member("StructureDefinition.snapshot", "element")), ElementsAre("sdf-10"));
  EXPECT_THAT(KeysOf(Member("TestScript.test.action", "operation")), ElementsAre("tst-8"));
  EXPECT_THAT(KeysOf(Member("Patient", "address")), IsEmpty());
}

TEST(InvariantRowTest, OfAProfileOnADataTypeStandsWhereThatIsDemanded) {
  // SimpleQuantity; Observation.value is a Quantity of any kind.
  EXPECT_THAT(KeysOf(Member("Range", "low")), ElementsAre("sqty-1"));
  EXPECT_THAT(KeysOf(Member("Observation.referenceRange", "high")), ElementsAre("sqty-1"));
  EXPECT_THAT(KeysOf(Member("Dosage.doseAndRate", "doseQuantity")), ElementsAre("sqty-1"));
  EXPECT_THAT(KeysOf(Member("Dosage.doseAndRate", "doseRange")), IsEmpty());
  EXPECT_THAT(KeysOf(Member("Observation", "valueQuantity")), IsEmpty());
}

TEST(InvariantRowTest, AreAllReachable) {
  std::set<std::string_view> keys;
  std::set<std::string_view> errors;
  const auto add = [&](const auto& row) {
    for (std::size_t i = 0; i < row.invariant_count; ++i) {
      const r4::InvariantRow& invariant = r4::kInvariants[row.first_invariant + i];
      EXPECT_FALSE(r4::ViewLong(invariant.expression).empty());
      keys.insert(r4::View(invariant.key));
      if (invariant.severity == r4::InvariantSeverity::kError) {
        errors.insert(r4::View(invariant.key));
      }
    }
  };
  for (std::uint16_t number = 1; number <= r4::kStructureCount; ++number) {
    const r4::StructureRow& row = r4::kStructures[number];
    add(row);
    for (std::size_t i = 0; i < row.member_count; ++i) add(r4::kMembers[row.first_member + i]);
  }
  EXPECT_EQ(keys.size(), 238U);
  EXPECT_EQ(errors.size(), 204U);
  EXPECT_EQ(r4::kInvariantCount, 240U);  // three are called inv-1
}

TEST(InvariantRowTest, HasTheExpressionOfItsDefinition) {
  const r4::InvariantRow& period = r4::kInvariants[Row("Period").first_invariant];
  EXPECT_EQ(r4::ViewLong(period.expression),
            "start.hasValue().not() or end.hasValue().not() or (start <= end)");
  EXPECT_EQ(period.severity, r4::InvariantSeverity::kError);
  // Backslashes are those of a FHIRPath string.
  const r4::StructureRow& element = Row("ElementDefinition");
  EXPECT_THAT(KeysOf(element), Contains("eld-16"));
  for (std::size_t i = 0; i < element.invariant_count; ++i) {
    const r4::InvariantRow& row = r4::kInvariants[element.first_invariant + i];
    if (r4::View(row.key) == "eld-16") {
      EXPECT_EQ(r4::ViewLong(row.expression),
                R"(sliceName.empty() or sliceName.matches('^[a-zA-Z0-9\\/\\-_\\[\\]\\@]+$'))");
    }
  }
  // The official text says Boolean.
  EXPECT_EQ(r4::ViewLong(
                r4::kInvariants[Row("Questionnaire.item.enableWhen").first_invariant].expression),
            "operator = 'exists' implies (answer is boolean)");
}

TEST(MemberRowTest, AreThoseOfTheTypeNotOfTheElement) {
  const Element* definition =
      FindElement(FindStructure("EvidenceVariable.characteristic"), "definition");
  ASSERT_NE(definition, nullptr);
  std::set<std::pair<std::string_view, std::string_view>> targets;
  for (const ElementType& type : definition->types) {
    for (const ResourceType target : type.targets) targets.emplace(type.code, NameOf(target));
  }
  EXPECT_THAT(targets,
              ElementsAre(Pair("Reference", "Group"), Pair("canonical", "ActivityDefinition")));
  EXPECT_EQ(definition->targets.size(), 2U);
}

}  // namespace
}  // namespace healthlake::fhir
