"""`python -m tests.benchmarks`: every measurement, one after the other. They inform and do not gate."""

from tests.benchmarks import data_scale, demo_controls, runs

runs.main()
data_scale.main([10_000, 100_000])
demo_controls.main()
