#include "page_seal.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace healthlake::app {
namespace {

constexpr std::string_view kName = "page token key";

}  // namespace

core::Seal LoadPageSeal(store::ControlFile& file, core::IdGenerator& ids) {
  store::ControlWrite write = file.Write();
  core::Seal::Key key{};
  const std::optional<std::string> kept = write->secrets.Find(kName);
  if (kept && kept->size() == key.size()) {
    std::copy(kept->begin(), kept->end(), key.begin());
    return core::Seal(key);
  }
  key = core::Seal::DrawKey(ids);
  write->secrets.Insert(kName, std::string(key.begin(), key.end()));
  write.Commit();
  return core::Seal(key);
}

}  // namespace healthlake::app
