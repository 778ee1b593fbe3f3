package plans

import (
	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
)

func (s *Service) registerProposals(huma.API) {}

func (s *Service) proposalEvents(echo.Context) error { return echo.ErrNotFound }
