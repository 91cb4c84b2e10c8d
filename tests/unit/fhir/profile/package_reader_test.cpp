#include "fhir/profile/package_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "fhir/profile/gzip_reader.hpp"
#include "fhir/profile/tar_reader.hpp"
#include "healthlake/core/error.hpp"
#include "package_maker.hpp"

namespace healthlake::fhir {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kValueSet = R"({"resourceType":"ValueSet","url":"http://v"})";

std::string RefusalOf(const std::function<void()>& act) {
  try {
    act();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::kInvalid);
    return error.message();
  }
  return "not refused";
}

std::string Refusal(std::string_view tgz) {
  return RefusalOf([&] { ReadPackage(tgz); });
}

std::string Archive(const std::vector<ArchiveFile>& files) {
  return Gzip(Tar(files));
}

const ArchiveFile kManifestFile{"package/package.json", std::string(kManifest)};

TEST(PackageReader, ReadsNameVersionAndDependencies) {
  const Package package = ReadPackage(MakePackage({}, R"({"name":"a.b","version":"1.2.3",
      "fhirVersions":["4.0.1"],"dependencies":{"hl7.fhir.r4.core":"4.0.1","c.d":"2.x"}})"));
  EXPECT_EQ(package.name, "a.b");
  EXPECT_EQ(package.version, "1.2.3");
  EXPECT_THAT(package.dependencies,
              ElementsAre(Field(&Package::Dependency::name, "hl7.fhir.r4.core"),
                          Field(&Package::Dependency::name, "c.d")));
}

TEST(PackageReader, KeepsDefinitionsMinifiedWithTheirVersion) {
  const Package package =
      ReadPackage(MakePackage({R"({ "resourceType" : "ValueSet", "url" : "http://v" })",
                               R"({"resourceType":"CodeSystem","url":"http://c","version":"7"})",
                               R"({"resourceType":"StructureDefinition","url":"http://s"})",
                               R"({"resourceType":"Patient"})"}));
  ASSERT_EQ(package.value_sets.size(), 1U);
  EXPECT_EQ(package.value_sets[0].text, kValueSet);
  EXPECT_EQ(package.value_sets[0].url, "http://v");
  EXPECT_EQ(package.value_sets[0].version, "1.0.0");
  ASSERT_EQ(package.code_systems.size(), 1U);
  EXPECT_EQ(package.code_systems[0].version, "7");
  EXPECT_EQ(package.structure_definitions.size(), 1U);
}

TEST(PackageReader, LeavesOutExamplesAndWhatIsNoDefinition) {
  const Package package = ReadPackage(Archive({kManifestFile,
                                               {"package/example/a.json", "not JSON"},
                                               {"package/.index.json", "not JSON"},
                                               {"package/a.xml", "<a/>"},
                                               {"other/a.json", "not JSON"},
                                               {"package/SearchParameter-a.json", "not JSON"},
                                               {"package/folder", "", '5'},
                                               {"./package/a.json", std::string(kValueSet)}}));
  EXPECT_EQ(package.value_sets.size(), 1U);
}

TEST(PackageReader, ReadsLongNamesOfPaxAndGnu) {
  const std::string name = "package/" + std::string(120, 'n') + ".json";
  const std::string path = " path=" + name + "\n";
  const std::string record = std::to_string(path.size() + 3) + path;
  const std::string text(kValueSet);
  const Package package = ReadPackage(Archive({kManifestFile,
                                               {"pax_global_header", "11 a=bcdef\n", 'g'},
                                               {"PaxHeader", record, 'x'},
                                               {"package/short", text},
                                               {"././@LongLink", name + '\0', 'L'},
                                               {"package/short", text}}));
  EXPECT_THAT(package.value_sets, ElementsAre(Field(&PackageFile::name, name.substr(8)),
                                              Field(&PackageFile::name, name.substr(8))));
}

TEST(PackageReader, ReadsAByteOrderMark) {
  const Package package = ReadPackage(
      Archive({kManifestFile, {"package/v.json", "\xEF\xBB\xBF" + std::string(kValueSet)}}));
  EXPECT_EQ(package.value_sets.size(), 1U);
}

TEST(PackageReader, SaysWhatIsWrong) {
  EXPECT_THAT(Refusal(""), HasSubstr("not compressed with gzip"));
  EXPECT_THAT(Refusal("PK\x03\x04"), HasSubstr("not compressed with gzip"));
  EXPECT_THAT(Refusal(Gzip(std::string(600, 'x'))), HasSubstr("no tar archive"));
  EXPECT_THAT(Refusal(Archive({})), HasSubstr("no package/package.json"));
  EXPECT_THAT(Refusal(Archive({{"package.json", std::string(kManifest)}})),
              HasSubstr("no package/package.json"));
  EXPECT_THAT(Refusal(MakePackage({}, "{")), HasSubstr("package.json is not JSON"));
  EXPECT_THAT(Refusal(MakePackage({}, "[]")), HasSubstr("package.json holds no JSON object"));
  EXPECT_THAT(Refusal(MakePackage({}, R"({"version":"1"})")), HasSubstr("has no name"));
  EXPECT_THAT(Refusal(MakePackage({}, R"({"name":"a"})")), HasSubstr("has no version"));
  EXPECT_THAT(Refusal(MakePackage({}, R"({"name":"a","version":"1","fhirVersions":["5.0.0"]})")),
              HasSubstr(R"(not for FHIR R4 (4.0.1) but for ["5.0.0"])"));
  EXPECT_THAT(Refusal(MakePackage({"{\"a\":\n}"})), HasSubstr("0.json is not JSON"));
  EXPECT_THAT(Refusal(MakePackage({R"({"resourceType":"ValueSet"})"})),
              HasSubstr("0.json has no url"));
}

TEST(PackageReader, RefusesWhatIsCutShort) {
  const std::string whole = MakePackage({std::string(kValueSet), std::string(2000, ' ') + "{}"});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(Refusal(std::string_view(whole).substr(0, size)), "not refused") << size;
  }
}

TEST(PackageReader, SurvivesDamage) {
  const std::string archive = Tar({kManifestFile, {"package/v.json", std::string(kValueSet)}});
  for (std::size_t at = 0; at < archive.size(); at += 3) {
    std::string damaged = archive;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    Refusal(Gzip(damaged));
  }
  const std::string packed = MakePackage({std::string(kValueSet)});
  for (std::size_t at = 0; at < packed.size(); ++at) {
    std::string damaged = packed;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    Refusal(damaged);
  }
}

TEST(PackageReader, RefusesSizesThatAreLies) {
  std::string huge = TarEntry({"package/a.json", "{}"});
  huge.replace(124, 11, "77777777777");
  huge.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (std::size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(huge[i]);
  char octal[16];
  std::snprintf(octal, sizeof octal, "%06o", sum);
  huge.replace(148, 6, octal);
  EXPECT_THAT(Refusal(Gzip(huge)), HasSubstr("too large"));
}

TEST(GzipReader, StopsAtItsLimit) {
  const std::string bomb = Gzip(std::string(1 << 20, 'a'));
  GzipReader reader(bomb, 1000);
  std::string out(1 << 20, '\0');
  EXPECT_THAT(RefusalOf([&] { reader.Read(out.data(), out.size()); }),
              HasSubstr("unpacks to more than is allowed"));
}

TEST(GzipReader, ReadsMembersOneAfterTheOther) {
  const std::string two = Gzip("abc") + Gzip("def");
  GzipReader reader(two, 100);
  std::string out(10, '\0');
  out.resize(reader.Read(out.data(), out.size()));
  EXPECT_EQ(out, "abcdef");
}

}  // namespace
}  // namespace healthlake::fhir
