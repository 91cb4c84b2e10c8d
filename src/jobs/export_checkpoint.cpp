#include "jobs/export_checkpoint.hpp"

#include <nlohmann/json.hpp>

#include "healthlake/json/tree.hpp"

namespace healthlake::jobs {

std::string ExportCheckpoint::Write() const {
  json::Tree tree;
  tree["phase"] = phase == ExportPhase::kReading ? "reading" : "uploading";
  tree["position"] = position;
  tree["resources"] = resources;
  json::Tree& parts = tree["types"] = json::Tree::object();
  for (const auto& [type, part] : types) parts[type] = json::Tree::array({part.part, part.length});
  return json::Write(tree);
}

std::optional<ExportCheckpoint> ExportCheckpoint::Read(std::string_view text) {
  const std::optional<json::Tree> tree = json::ParseTree(text);
  if (!tree || !tree->is_object()) return std::nullopt;
  try {
    ExportCheckpoint checkpoint;
    checkpoint.phase = tree->at("phase").get<std::string>() == "uploading" ? ExportPhase::kUploading
                                                                           : ExportPhase::kReading;
    checkpoint.position = tree->at("position").get<std::uint64_t>();
    checkpoint.resources = tree->at("resources").get<std::uint64_t>();
    for (const auto& [type, part] : tree->at("types").items()) {
      checkpoint.types[type] = {.part = part.at(0).get<std::uint64_t>(),
                                .length = part.at(1).get<std::uint64_t>()};
    }
    return checkpoint;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace healthlake::jobs
