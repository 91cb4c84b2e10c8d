// The dictionary that bodies are compressed with; made by generate.py beside this file.
#pragma once

#include <string_view>

namespace healthlake::store {

// A zstd frame (without dictionary) of the dictionary's bytes. Fixed: files hold a copy and stay
// readable when it changes, but what they hold already is not compressed again.
std::string_view BuiltInDictionary();

}  // namespace healthlake::store
