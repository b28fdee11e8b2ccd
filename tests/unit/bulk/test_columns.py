from bonaface.bulk.columns import OWN, carried


def test_columns_of_a_manifest_keep_their_names_unless_they_are_taken() -> None:
    assert carried(["label", "width"]) == {"label": "label", "width": "given_width"}
    assert "label" not in OWN
