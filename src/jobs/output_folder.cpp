#include "jobs/output_folder.hpp"

#include <string>

namespace healthlake::jobs {
namespace {

constexpr std::string_view kProbeName = ".healthlake_write_access_check_file.temp";

}  // namespace

objects::ObjectUri OutputObject(const Run& run, std::string_view key) {
  objects::ObjectUri uri = objects::ParseObjectUri(run.job.output_uri);
  if (!uri.key.empty() && !uri.key.ends_with('/')) uri.key += '/';
  uri.key += key;
  return uri;
}

void ProbeOutput(const Run& run) {
  objects::ObjectUri probe = OutputObject(run, "");
  if (!probe.key.empty()) probe.key.pop_back();
  const std::size_t slash = probe.key.rfind('/');
  probe.key.resize(slash == std::string::npos ? 0 : slash + 1);
  probe.key += kProbeName;
  run.objects.Put(probe, "");
}

}  // namespace healthlake::jobs
