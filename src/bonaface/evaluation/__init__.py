"""Error rates, calibration, robustness and fairness of the pipeline on a person's own labelled images."""
