#include "jobs/import_inputs.hpp"

#include <nlohmann/json.hpp>
#include <string_view>

#include "healthlake/core/error.hpp"
#include "healthlake/json/tree.hpp"
#include "jobs/spool_file.hpp"

namespace healthlake::jobs {
namespace {

constexpr std::string_view kListName = "inputs";
constexpr std::string_view kInputSuffix = ".ndjson";
constexpr std::string_view kImportFolderMark = "-FHIR_IMPORT-";

// An import that writes below the folder that it reads would meet its own records the next time.
bool IsImportOutput(std::string_view relative) {
  while (!relative.empty()) {
    const std::size_t slash = relative.find('/');
    if (slash == std::string_view::npos) return false;
    if (relative.substr(0, slash).find(kImportFolderMark) != std::string_view::npos) return true;
    relative.remove_prefix(slash + 1);
  }
  return false;
}

class ListWriter {
 public:
  explicit ListWriter(const std::filesystem::path& path) : file_(path, 0) {}

  void Add(std::string_view key, std::string_view relative, std::uint64_t size) {
    file_.Append("[" + json::Quote(key) + "," + json::Quote(relative) + "," + std::to_string(size) +
                 "]\n");
    ++totals_.files;
    totals_.bytes += static_cast<std::int64_t>(size);
  }
  void Flush() { file_.Flush(); }
  const InputTotals& totals() const noexcept { return totals_; }

 private:
  SpoolFile file_;
  InputTotals totals_;
};

[[noreturn]] void NothingFound(const Run& run) {
  throw core::Error(core::ErrorKind::kNotFound,
                    "No input files to import were found at " + run.job.input_uri);
}

void AddFolder(const Run& run, objects::ObjectUri folder, ListWriter& list) {
  if (!folder.key.empty() && !folder.key.ends_with('/')) folder.key += '/';
  std::unique_ptr<objects::ObjectListing> listing;
  try {
    listing = run.objects.List(folder);
  } catch (const core::Error& error) {
    if (error.kind() == core::ErrorKind::kNotFound) NothingFound(run);
    throw;
  }
  objects::ObjectInfo object;
  while (listing->Next(object)) {
    const std::string_view relative = std::string_view(object.key).substr(folder.key.size());
    if (!relative.ends_with(kInputSuffix) || IsImportOutput(relative)) continue;
    list.Add(object.key, relative, object.size);
  }
}

}  // namespace

InputTotals FindInputs(const Run& run) {
  const objects::ObjectUri uri = objects::ParseObjectUri(run.job.input_uri);
  MakeFolder(run.spool);
  ListWriter list(run.spool / kListName);
  std::optional<objects::ObjectInfo> single;
  if (!uri.key.empty() && !uri.key.ends_with('/')) single = run.objects.Find(uri);
  if (single) {
    const std::size_t slash = uri.key.rfind('/');
    list.Add(uri.key, slash == std::string::npos ? uri.key : uri.key.substr(slash + 1),
             single->size);
  } else {
    AddFolder(run, uri, list);
  }
  if (list.totals().files == 0) NothingFound(run);
  list.Flush();
  return list.totals();
}

InputList::InputList(const Run& run)
    : lines_(run.spool / kListName), bucket_(objects::ParseObjectUri(run.job.input_uri).bucket) {
  if (!lines_) {
    throw core::Error(core::ErrorKind::kUnavailable, "The job's spool has lost its list of inputs");
  }
}

std::optional<Input> InputList::Next() {
  if (!std::getline(lines_, line_)) return std::nullopt;
  const std::optional<json::Tree> entry = json::ParseTree(line_);
  if (!entry || !entry->is_array() || entry->size() != 3) {
    throw core::Error(core::ErrorKind::kUnavailable, "The job's list of inputs is damaged");
  }
  return Input{.uri = {bucket_, (*entry)[0].get<std::string>()},
               .relative = (*entry)[1].get<std::string>(),
               .size = (*entry)[2].get<std::uint64_t>()};
}

}  // namespace healthlake::jobs
