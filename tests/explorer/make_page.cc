// Writes the pages that explorer_test.cjs opens: `make_page small.html large.html groups.html`.
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/plot/explorer.h"

namespace {

using subjrec::Explorer;

/// A compass of subjects whose places are known, one with a label that would be markup.
Explorer compass() {
  Explorer e;
  e.model = "compass";
  e.points = {{0, 0, "Centre", 50, "c"},
              {10, 0, "East", 40, "e"},
              {-10, 0, "West", 30, "w"},
              {0, 10, "North", 20, "n"},
              {0, -10, "South", 10, "s"},
              {3, 3, "Caf\u00e9 society", 5, "cafe"},
              {-3, 3, "North-west passage", 4, "nw"}};
  e.points.push_back({-3, -3,
                      "</script><script>window.pwned=1</script>"
                      "<img src=x onerror=\"window.pwned=1\">\u2028\xff",
                      3, "hostile"});
  e.colors.title = "half";
  e.colors.categories = {"middle", "right", "left", "", "", "right", "left", "<i>left</i>"};
  e.neighbours.resize(e.points.size());
  e.neighbours[1] = {{5, 0.75}, {0, 0.5}};
  e.works = {{"A journey to the East", "w1", {0}, {{1, 0.9}, {3, 0.25}}}};
  e.n_works = 90;
  e.suited.of_points.resize(e.points.size());
  e.suited.of_points[1] = {1, 0};
  e.suited.works = {{"A journey to the East", "w1", 0}, {"<b>Sunrise</b>", "w2", {}}};
  e.suited.searched = 45;
  return e;
}

/// 20,000 subjects in islands, ten neighbours each.
Explorer crowd() {
  Explorer e;
  e.model = "crowd";
  subjrec::Random random(1);
  const size_t n = 20000;
  for (size_t i = 0; i < n; ++i) {
    const auto island = static_cast<double>(i % 40);
    std::string label = "Subject ";
    label += std::to_string(i);
    e.points.push_back({8 * std::cos(island * 7) * std::sqrt(island / 8) + random.normal(),
                        8 * std::sin(island * 7) * std::sqrt(island / 8) + random.normal(), label,
                        static_cast<double>(n / (i + 1)), std::to_string(i)});
    std::vector<subjrec::ScoredPoint> near;
    for (size_t k = 1; k <= 10; ++k) {
      near.push_back({static_cast<uint32_t>((i + 40 * k) % n), 1 - 0.05 * static_cast<double>(k)});
    }
    e.neighbours.push_back(std::move(near));
  }
  return e;
}

/// A large group and, inside its extent, two whose names find room only as one zooms in.
Explorer groups() {
  Explorer e;
  e.model = "groups";
  for (uint32_t i = 0; i < 70; ++i) {
    const uint32_t group = i < 30 ? 0 : i < 45 ? 1 : i < 58 ? 2 : 9;
    e.points.push_back({group == 9 ? 50.0 * (i % 2) : 20 + 0.6 * group, group == 9 ? 0.0 : 10.0,
                        "Point " + std::to_string(i), i % 7 == 0 ? 100.0 : 1.0, std::to_string(i)});
    e.colors.clusters.push_back(group);
  }
  e.colors.title = "groups";
  e.colors.regions = {
      {"Largest", 20, 10, 30, 0}, {"Second", 20.6, 10, 15, 1}, {"Third", 21.2, 10, 13, 2}};
  return e;
}

bool write(const char* path, const Explorer& explorer) {
  const subjrec::Result<std::string> page = subjrec::explorer_html(explorer);
  if (!page.ok()) {
    std::fprintf(stderr, "%s\n", page.status().message().c_str());
    return false;
  }
  std::ofstream file(path, std::ios::binary);
  file << *page;
  return file.good();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: make_page small.html large.html groups.html\n");
    return 2;
  }
  return write(argv[1], compass()) && write(argv[2], crowd()) && write(argv[3], groups()) ? 0 : 1;
}
