#include "store/dictionary/dictionary.hpp"

namespace healthlake::store {
namespace {

constexpr unsigned char kFrame[] = {
#include "store/dictionary/dictionary.inc"
};

}  // namespace

std::string_view BuiltInDictionary() {
  return {reinterpret_cast<const char*>(kFrame), sizeof kFrame};
}

}  // namespace healthlake::store
