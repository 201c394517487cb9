"""Mounted at ``/api/v1/setup/``. Names begin with ``setup-``."""

from django.urls import URLPattern, path

from configuration.api import elements, grids, ground_plan_steps, ground_plans

urlpatterns: list[URLPattern] = [
    path("ground-plans/", ground_plans.Plans.as_view(), name="setup-ground-plans"),
    path("ground-plans/<int:pk>/", ground_plans.OnePlan.as_view(), name="setup-ground-plan"),
    path("ground-plans/<int:pk>/preview/", ground_plans.Preview.as_view(), name="setup-ground-plan-preview"),
    path("ground-plans/<int:pk>/submit/", ground_plans.Submit.as_view(), name="setup-ground-plan-submit"),
    path("ground-plans/<int:pk>/reopen/", ground_plans.Reopen.as_view(), name="setup-ground-plan-reopen"),
    path("ground-plans/<int:pk>/withdraw/", ground_plans.Withdraw.as_view(), name="setup-ground-plan-withdraw"),
    path("ground-plans/<int:pk>/decide/", ground_plans.Decide.as_view(), name="setup-ground-plan-decide"),
    path("ground-plans/<int:pk>/cancel/", ground_plans.Cancel.as_view(), name="setup-ground-plan-cancel"),
    path("ground-plans/<int:pk>/split/", ground_plan_steps.Split.as_view(), name="setup-ground-plan-split"),
    path("ground-plans/<int:pk>/merge/", ground_plan_steps.Merge.as_view(), name="setup-ground-plan-merge"),
    path("ground-plans/<int:pk>/reshape/", ground_plan_steps.Reshape.as_view(), name="setup-ground-plan-reshape"),
    path("ground-plans/<int:pk>/move/", ground_plan_steps.Move.as_view(), name="setup-ground-plan-move"),
    path("ground-plans/<int:pk>/draw/", ground_plan_steps.Draw.as_view(), name="setup-ground-plan-draw"),
    path("ground-plans/<int:pk>/remove/", ground_plan_steps.Remove.as_view(), name="setup-ground-plan-remove"),
    path("ground-plans/<int:pk>/describe/", ground_plan_steps.Describe.as_view(), name="setup-ground-plan-describe"),
    path("ground-plans/<int:pk>/repair/", ground_plan_steps.Repair.as_view(), name="setup-ground-plan-repair"),
    path("ground-plans/<int:pk>/undo/", ground_plan_steps.Undo.as_view(), name="setup-ground-plan-undo"),
    path("grids/", grids.Grids.as_view(), name="setup-grids"),
    path("grids/norms/", grids.Norms.as_view(), name="setup-grid-norms"),
    path("divisions/<str:level>/", grids.NewDivision.as_view(), name="setup-division-new"),
    path("divisions/<str:level>/<str:code>/", grids.OneDivision.as_view(), name="setup-division"),
    path("element-types/", elements.SetupElementTypes.as_view(), name="setup-element-types"),
    path("element-types/<str:code>/", elements.SetupElementType.as_view(), name="setup-element-type"),
    path("elements/", elements.SetupElements.as_view(), name="setup-elements"),
    path("elements/<str:code>/", elements.SetupElement.as_view(), name="setup-element"),
    path("elements/<str:code>/retire/", elements.RetireElement.as_view(), name="setup-element-retire"),
    path("elements/<str:code>/restore/", elements.RestoreElement.as_view(), name="setup-element-restore"),
    path("cameras/", elements.SetupCameras.as_view(), name="setup-cameras"),
    path("cameras/<str:code>/", elements.SetupCamera.as_view(), name="setup-camera"),
    path("cameras/<str:code>/findings/", elements.Findings.as_view(), name="setup-camera-findings"),
    path("video-gateways/", elements.SetupGateways.as_view(), name="setup-video-gateways"),
]
