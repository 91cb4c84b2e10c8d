// healthlake-local: Amazon HealthLake on your own machine. See src/README.md for the map.
#include "healthlake/app/app.hpp"

int main(int argc, char** argv) {
  return healthlake::app::Run(argc, argv);
}
